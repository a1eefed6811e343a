use larder::cached;

#[cached(ttl = -30)]
fn negative(n: u64) -> u64 { n }

fn main() {}
