use larder::cached;

#[derive(Clone)]
struct Row;

#[cached(handler = "redis")]
async fn redis(n: u64) -> Row { let _ = n; Row }

#[cached(handler = "disk")]
fn disk(n: u64) -> Vec<Row> { let _ = n; Vec::new() }

fn main() {
    drop((redis(1), redis::peek(1)));
    let _ = (disk(1), disk::peek(1));
}
