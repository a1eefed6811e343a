use larder::cached;

#[cached(crate)]
fn nothing(n: u64) -> u64 { n }

#[cached(crate =)]
fn no_value(n: u64) -> u64 { n }

#[cached(crate = 5)]
fn integer(n: u64) -> u64 { n }

#[cached(crate = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(crate = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(crate = "text")]
fn text(n: u64) -> u64 { n }

#[cached(crate = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(crate = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(crate = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(crate = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(crate("a"))]
fn list(n: u64) -> u64 { n }

#[cached(crate = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(crate = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(crate = larder())]
fn called(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
    let _ = (integer(1), integer::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (float(1), float::peek(1));
    let _ = (text(1), text::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (boolean(1), boolean::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (array(1), array::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (called(1), called::peek(1));
}
