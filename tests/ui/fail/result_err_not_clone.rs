use larder::cached;

struct Broken;

#[cached(cache_err)]
fn kept(n: u64) -> Result<u64, Broken> { if n > 0 { Ok(n) } else { Err(Broken) } }

#[cached(cache_err)]
async fn boxed(n: u64) -> Result<u64, Box<dyn std::error::Error>> { Ok(n) }

fn main() {
    let _ = (kept(1), kept::peek(1));
    drop((boxed(1), boxed::peek(1)));
}
