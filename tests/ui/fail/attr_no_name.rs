use larder::cached;

#[cached(30)]
fn number(n: u64) -> u64 { n }

#[cached("ram")]
fn text(n: u64) -> u64 { n }

#[cached(= 30)]
fn equals(n: u64) -> u64 { n }

#[cached(|v| true)]
fn closure(n: u64) -> u64 { n }

#[cached(#[ttl = 30])]
fn attribute(n: u64) -> u64 { n }

fn main() {
    let _ = (number(1), number::peek(1));
    let _ = (text(1), text::peek(1));
    let _ = (equals(1), equals::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (attribute(1), attribute::peek(1));
}
