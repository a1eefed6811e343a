use larder::cached;

mod posts {}

#[cached]
fn posts(n: u64) -> u64 { n }

fn main() {}
