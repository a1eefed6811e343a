use larder::cached;

#[cached(ttl = String::new())]
fn text(n: u64) -> u64 { n }

fn main() {}
