use larder::cached;

#[cached(ttl = "5min")]
fn unknown(n: u64) -> u64 { n }

#[cached(ttl = "1h30")]
fn missing(n: u64) -> u64 { n }

#[cached(ttl = "h")]
fn alone(n: u64) -> u64 { n }

#[cached(ttl = "5 minutes")]
fn word(n: u64) -> u64 { n }

#[cached(ttl = "5M")]
fn upper_case(n: u64) -> u64 { n }

#[cached(ttl = "100us")]
fn too_fine(n: u64) -> u64 { n }

fn main() {
    let _ = (unknown(1), unknown::peek(1));
    let _ = (missing(1), missing::peek(1));
    let _ = (alone(1), alone::peek(1));
    let _ = (word(1), word::peek(1));
    let _ = (upper_case(1), upper_case::peek(1));
    let _ = (too_fine(1), too_fine::peek(1));
}
