use larder::cached;

#[cached(threshold)]
fn nothing(n: u64) -> u64 { n }

#[cached(threshold =)]
fn no_value(n: u64) -> u64 { n }

#[cached(threshold = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(threshold = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(threshold = "text")]
fn text(n: u64) -> u64 { n }

#[cached(threshold = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(threshold = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(threshold = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(threshold = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(threshold("a"))]
fn list(n: u64) -> u64 { n }

#[cached(threshold = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(threshold = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(threshold = 50000000000000000000)]
fn too_large(n: u64) -> u64 { n }

#[cached(threshold = 2s)]
fn seconds(n: u64) -> u64 { n }

#[cached(threshold = 2u8)]
fn byte(n: u64) -> u64 { n }

#[cached(threshold = 0)]
fn zero(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
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
    let _ = (too_large(1), too_large::peek(1));
    let _ = (seconds(1), seconds::peek(1));
    let _ = (byte(1), byte::peek(1));
    let _ = (zero(1), zero::peek(1));
}
