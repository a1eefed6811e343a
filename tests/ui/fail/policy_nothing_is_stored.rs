use larder::cached;

#[cached(ttl = 0, cache_err)]
fn err(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(ttl = 0, cache_none)]
fn none(n: u64) -> Option<u64> { Some(n) }

#[cached(ttl = 0, cache_if = |v| *v > 1)]
fn test(n: u64) -> u64 { n }

#[cached(ttl = 0, refresh = n > 1)]
fn refresh(n: u64) -> u64 { n }

#[cached(ttl = 0, tags = ["n", "m"])]
fn tags(n: u64) -> u64 { n }

#[cached(ttl = 0, threshold = 10)]
fn threshold(n: u64) -> u64 { n }

#[cached(ttl = 0, single_flight = "shared")]
fn shared(n: u64) -> u64 { n }

fn main() {
    let _ = (err(1), err::peek(1));
    let _ = (none(1), none::peek(1));
    let _ = (test(1), test::peek(1));
    let _ = (refresh(1), refresh::peek(1));
    let _ = (tags(1), tags::peek(1));
    let _ = (threshold(1), threshold::peek(1));
    let _ = (shared(1), shared::peek(1));
}
