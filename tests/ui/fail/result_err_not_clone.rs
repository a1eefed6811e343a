use larder::cached;

struct Broken;

#[cached(cache_err)]
fn kept(n: u64) -> Result<u64, Broken> { if n > 0 { Ok(n) } else { Err(Broken) } }

fn main() {}
