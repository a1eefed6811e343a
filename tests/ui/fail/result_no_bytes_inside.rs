use larder::cached;

#[derive(Clone)]
struct Row;

#[cached(handler = "redis")]
async fn result(n: u64) -> Result<Row, ()> { let _ = n; Ok(Row) }

#[cached(handler = "disk")]
fn option(n: u64) -> Option<Row> { let _ = n; None }

#[cached(handler = "disk", cache_err)]
fn whole(n: u64) -> Result<u64, Row> { Ok(n) }

fn main() {
    drop((result(1), result::peek(1)));
    let _ = (option(1), option::peek(1));
    let _ = (whole(1), whole::peek(1));
}
