use larder::cached;

struct Row;

#[cached]
fn plain(n: u64) -> Row { let _ = n; Row }

#[cached]
async fn inside(n: u64) -> Result<Row, ()> { let _ = n; Ok(Row) }

fn main() {}
