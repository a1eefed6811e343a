use larder::cached;

#[cached]
const fn constant(n: u64) -> u64 { n }

fn main() {}
