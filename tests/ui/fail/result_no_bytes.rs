use larder::cached;

#[derive(Clone)]
struct Row;

#[cached(handler = "redis")]
async fn redis(n: u64) -> Option<Row> { let _ = n; Some(Row) }

#[cached(handler = "disk")]
fn disk<T: Clone + Send + Sync + 'static>(n: u64) -> Vec<T> { let _ = n; Vec::new() }

fn main() {}
