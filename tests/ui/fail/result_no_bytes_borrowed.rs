use larder::cached;

#[cached(handler = "disk")]
fn text(n: u64) -> &'static str { let _ = n; "" }

#[cached(handler = "redis")]
async fn inside(n: u64) -> Result<Vec<&'static str>, u64> { Err(n) }

fn main() {
    let _ = (text(1), text::peek(1));
    drop((inside(1), inside::peek(1)));
}
