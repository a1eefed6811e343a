use larder::cached;

#[cached(companions =)]
fn no_value(n: u64) -> u64 { n }

#[cached(companions = 5)]
fn integer(n: u64) -> u64 { n }

#[cached(companions = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(companions = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(companions = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(companions = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(companions = n)]
fn path(n: u64) -> u64 { n }

#[cached(companions = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(companions("a"))]
fn list(n: u64) -> u64 { n }

#[cached(companions = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(companions = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(companions = concat!("a", "b"))]
fn joined(n: u64) -> u64 { n }

#[cached(companions = "fn")]
fn keyword(n: u64) -> u64 { n }

#[cached(companions = "not a name")]
fn with_blanks(n: u64) -> u64 { n }

#[cached(companions = "5")]
fn digits(n: u64) -> u64 { n }

#[cached(companions = "a::b")]
fn path_text(n: u64) -> u64 { n }

#[cached(companions = "_")]
fn wild(n: u64) -> u64 { n }

fn main() {
    let _ = (no_value(1), no_value::peek(1));
    let _ = (integer(1), integer::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (float(1), float::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (path(1), path::peek(1));
    let _ = (array(1), array::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (joined(1), joined::peek(1));
    let _ = (keyword(1), keyword::peek(1));
    let _ = (with_blanks(1), with_blanks::peek(1));
    let _ = (digits(1), digits::peek(1));
    let _ = (path_text(1), path_text::peek(1));
    let _ = (wild(1), wild::peek(1));
}
