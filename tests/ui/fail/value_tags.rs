use larder::cached;

#[cached(tags)]
fn nothing(n: u64) -> u64 { n }

#[cached(tags =)]
fn no_value(n: u64) -> u64 { n }

#[cached(tags = 5)]
fn integer(n: u64) -> u64 { n }

#[cached(tags = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(tags = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(tags = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(tags = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(tags = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(tags = n)]
fn path(n: u64) -> u64 { n }

#[cached(tags("a"))]
fn list(n: u64) -> u64 { n }

#[cached(tags = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(tags = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(tags = concat!("a", "b"))]
fn joined(n: u64) -> u64 { n }

#[cached(tags = [])]
fn empty_array(n: u64) -> u64 { n }

#[cached(tags = [""])]
fn empty_tag(n: u64) -> u64 { n }

#[cached(tags = [n, 5])]
fn no_text(n: u64) -> u64 { n }

#[cached(tags = ("a", "b"))]
fn tuple(n: u64) -> u64 { n }

#[cached(tags = ["a"; 2])]
fn repeated(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
    let _ = (integer(1), integer::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (float(1), float::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (boolean(1), boolean::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (path(1), path::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (joined(1), joined::peek(1));
    let _ = (empty_array(1), empty_array::peek(1));
    let _ = (empty_tag(1), empty_tag::peek(1));
    let _ = (no_text(1), no_text::peek(1));
    let _ = (tuple(1), tuple::peek(1));
    let _ = (repeated(1), repeated::peek(1));
}
