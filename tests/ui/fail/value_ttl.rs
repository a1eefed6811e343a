use larder::cached;

#[cached(ttl)]
fn nothing(n: u64) -> u64 { n }

#[cached(ttl =)]
fn no_value(n: u64) -> u64 { n }

#[cached(ttl = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(ttl = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(ttl = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(ttl = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(ttl = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(ttl = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(ttl("a"))]
fn list(n: u64) -> u64 { n }

#[cached(ttl = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(ttl = (1, 2))]
fn tuple(n: u64) -> u64 { n }

#[cached(ttl = ())]
fn unit_value(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (float(1), float::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (boolean(1), boolean::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (array(1), array::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (tuple(1), tuple::peek(1));
    let _ = (unit_value(1), unit_value::peek(1));
}
