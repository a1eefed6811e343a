use larder::cached;

#[cached(cache_if = |v, n| v > n)]
fn two(n: u64) -> u64 { n }

#[cached(cache_if = || true)]
fn none(n: u64) -> u64 { n }

fn main() {
    let _ = (two(1), two::peek(1));
    let _ = (none(1), none::peek(1));
}
