use larder::cached;

#[cached(version)]
fn nothing(n: u64) -> u64 { n }

#[cached(version =)]
fn no_value(n: u64) -> u64 { n }

#[cached(version = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(version = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(version = "text")]
fn text(n: u64) -> u64 { n }

#[cached(version = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(version = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(version = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(version = n)]
fn path(n: u64) -> u64 { n }

#[cached(version = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(version("a"))]
fn list(n: u64) -> u64 { n }

#[cached(version = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(version = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(version = 5000000000)]
fn too_large(n: u64) -> u64 { n }

#[cached(version = 2s)]
fn seconds(n: u64) -> u64 { n }

#[cached(version = 2u8)]
fn byte(n: u64) -> u64 { n }

#[cached(version = 1 + 1)]
fn sum(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (float(1), float::peek(1));
    let _ = (text(1), text::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (boolean(1), boolean::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (path(1), path::peek(1));
    let _ = (array(1), array::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (too_large(1), too_large::peek(1));
    let _ = (seconds(1), seconds::peek(1));
    let _ = (byte(1), byte::peek(1));
    let _ = (sum(1), sum::peek(1));
}
