use larder::cached;

#[cached(cache_err)]
fn option(n: u64) -> Option<u64> { Some(n) }

#[cached(cache_err)]
async fn unit(n: u64) { let _ = n; }

fn main() {
    let _ = (option(1), option::peek(1));
    drop((unit(1), unit::peek(1)));
}
