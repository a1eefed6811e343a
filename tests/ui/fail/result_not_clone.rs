use larder::cached;

struct Row;

#[cached]
fn plain(n: u64) -> Row { let _ = n; Row }

#[cached]
async fn inside(n: u64) -> Result<Row, ()> { let _ = n; Ok(Row) }

#[cached]
fn of_a_vec(n: u64) -> Option<Vec<Row>> { let _ = n; None }

fn main() {
    let _ = (plain(1), plain::peek(1));
    drop((inside(1), inside::peek(1)));
    let _ = (of_a_vec(1), of_a_vec::peek(1));
}
