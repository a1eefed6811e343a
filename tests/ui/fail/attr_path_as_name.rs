use larder::cached;

#[cached(larder::ttl = 30)]
fn path(n: u64) -> u64 { n }

#[cached(ram.ttl = 30)]
fn field(n: u64) -> u64 { n }

fn main() {
    let _ = (path(1), path::peek(1));
    let _ = (field(1), field::peek(1));
}
