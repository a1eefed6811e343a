use larder::cached;

#[cached(ttl = 18446744073709551616)]
fn number(n: u64) -> u64 { n }

#[cached(ttl = "99999999999999w")]
fn text(n: u64) -> u64 { n }

#[cached(ttl = "99999999999999999999")]
fn digits(n: u64) -> u64 { n }

fn main() {
    let _ = (number(1), number::peek(1));
    let _ = (text(1), text::peek(1));
    let _ = (digits(1), digits::peek(1));
}
