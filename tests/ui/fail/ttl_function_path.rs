use larder::cached;

fn age(n: &u64) -> u64 { *n }

#[cached(ttl = age)]
fn path(n: u64) -> u64 { n }

fn main() {
    let _ = (path(1), path::peek(1));
    let _ = age(&1);
}
