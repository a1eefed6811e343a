use larder::cached;

#[cached(ttl = )]
fn missing(n: u64) -> u64 { n }

#[cached(key = n.)]
fn field(n: u64) -> u64 { n }

#[cached(ttl = 30 *)]
fn operator(n: u64) -> u64 { n }

#[cached(key = "user:{n}", ttl = , handler = "ram")]
fn between(n: u64) -> u64 { n }

#[cached(ttl = Duration::)]
fn path(n: u64) -> u64 { n }

fn main() {
    let _ = (missing(1), missing::peek(1));
    let _ = (field(1), field::peek(1));
    let _ = (operator(1), operator::peek(1));
    let _ = (between(1), between::peek(1));
    let _ = (path(1), path::peek(1));
}
