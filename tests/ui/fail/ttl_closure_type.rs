use larder::cached;

#[cached(ttl = |v| v.to_string())]
fn text(n: u64) -> u64 { n }

#[cached(ttl = |v| *v as i32)]
fn number(n: u64) -> u64 { n }

#[cached(ttl = |v| v.max_age)]
fn unknown_field(n: u64) -> u64 { n }

#[cached(ttl = |v, n| 30)]
fn two_arguments(n: u64) -> u64 { n }

fn main() {
    let _ = (text(1), text::peek(1));
    let _ = (number(1), number::peek(1));
    let _ = (unknown_field(1), unknown_field::peek(1));
    let _ = (two_arguments(1), two_arguments::peek(1));
}
