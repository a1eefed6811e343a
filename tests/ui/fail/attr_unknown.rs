use larder::cached;

#[cached(tll = 30, size = 5)]
fn near(n: u64) -> u64 { n }

#[cached(30)]
fn no_name(n: u64) -> u64 { n }

fn main() {
    near(1);
    let _ = near::peek(1);
}
