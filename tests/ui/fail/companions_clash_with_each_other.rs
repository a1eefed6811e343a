use larder::cached;

#[cached(companions = "ops")]
fn one(n: u64) -> u64 { n }

#[cached(companions = "ops")]
fn two(n: u64) -> u64 { n }

fn main() {
    let _ = (one(1), two(1));
}
