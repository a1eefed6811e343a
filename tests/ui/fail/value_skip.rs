use larder::cached;

#[cached(skip)]
fn nothing(n: u64) -> u64 { n }

#[cached(skip =)]
fn no_value(n: u64) -> u64 { n }

#[cached(skip = 5)]
fn integer(n: u64) -> u64 { n }

#[cached(skip = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(skip = 1.5)]
fn float(n: u64) -> u64 { n }

#[cached(skip = "text")]
fn text(n: u64) -> u64 { n }

#[cached(skip = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(skip = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(skip = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(skip = n)]
fn path(n: u64) -> u64 { n }

#[cached(skip = ["a", "b"])]
fn array(n: u64) -> u64 { n }

#[cached(skip = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(skip = b"text")]
fn bytes(n: u64) -> u64 { n }

#[cached(skip = concat!("a", "b"))]
fn joined(n: u64) -> u64 { n }

#[cached(skip())]
fn empty_list(n: u64) -> u64 { n }

#[cached(skip("n"))]
fn text_in_list(n: u64) -> u64 { n }

#[cached(skip(1))]
fn number_in_list(n: u64) -> u64 { n }

#[cached(skip(n.0))]
fn field(n: u64) -> u64 { n }

#[cached(skip(n m))]
fn no_comma(n: u64) -> u64 { n }

#[cached(skip(&n))]
fn reference(n: u64) -> u64 { n }

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
    let _ = (path(1), path::peek());
    let _ = (array(1), array::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (joined(1), joined::peek(1));
    let _ = (empty_list(1), empty_list::peek(1));
    let _ = (text_in_list(1), text_in_list::peek());
    let _ = (number_in_list(1), number_in_list::peek(1));
    let _ = (field(1), field::peek());
    let _ = (no_comma(1), no_comma::peek());
    let _ = (reference(1), reference::peek());
}
