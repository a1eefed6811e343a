use larder::cached;

#[cached(ttl = -30)]
fn number(n: u64) -> u64 { n }

#[cached(ttl = "-30s")]
fn text(n: u64) -> u64 { n }

fn main() {
    let _ = (number(1), number::peek(1));
    let _ = (text(1), text::peek(1));
}
