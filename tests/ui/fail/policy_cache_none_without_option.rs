use larder::cached;

#[cached(cache_none)]
fn result(n: u64) -> Result<Option<u64>, ()> { Ok(Some(n)) }

#[cached(cache_none)]
fn unit(n: u64) { let _ = n; }

fn main() {
    let _ = (result(1), result::peek(1));
    unit(1);
    let _ = unit::peek(1);
}
