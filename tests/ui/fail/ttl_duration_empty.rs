use larder::cached;

#[cached(ttl = "")]
fn empty(n: u64) -> u64 { n }

#[cached(ttl = "  ")]
fn blank(n: u64) -> u64 { n }

#[cached(ttl = "0s")]
fn zero(n: u64) -> u64 { n }

fn main() {
    let _ = (empty(1), empty::peek(1));
    let _ = (blank(1), blank::peek(1));
    let _ = (zero(1), zero::peek(1));
}
