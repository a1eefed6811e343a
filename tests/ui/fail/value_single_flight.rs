use larder::cached;

#[cached(single_flight)]
fn nothing(n: u64) -> u64 { n }

#[cached(single_flight =)]
fn no_value(n: u64) -> u64 { n }

#[cached(single_flight = -5)]
fn negative(n: u64) -> u64 { n }

#[cached(single_flight = 1)]
fn number(n: u64) -> u64 { n }

#[cached(single_flight = "")]
fn empty_text(n: u64) -> u64 { n }

#[cached(single_flight = "procss")]
fn near(n: u64) -> u64 { n }

#[cached(single_flight = "Shared")]
fn capital(n: u64) -> u64 { n }

#[cached(single_flight = "everywhere")]
fn far(n: u64) -> u64 { n }

#[cached(single_flight = true)]
fn boolean(n: u64) -> u64 { n }

#[cached(single_flight = 'c')]
fn character(n: u64) -> u64 { n }

#[cached(single_flight = ["process", "shared"])]
fn array(n: u64) -> u64 { n }

#[cached(single_flight("off"))]
fn list(n: u64) -> u64 { n }

#[cached(single_flight = |v| v)]
fn closure(n: u64) -> u64 { n }

#[cached(single_flight = b"off")]
fn bytes(n: u64) -> u64 { n }

#[cached(single_flight = off)]
fn no_quotes(n: u64) -> u64 { n }

#[cached(single_flight = WHO)]
fn constant(n: u64) -> u64 { n }

#[cached(singleflight = "off")]
fn no_underscore(n: u64) -> u64 { n }

fn main() {
    let _ = (nothing(1), nothing::peek(1));
    let _ = (no_value(1), no_value::peek(1));
    let _ = (negative(1), negative::peek(1));
    let _ = (number(1), number::peek(1));
    let _ = (empty_text(1), empty_text::peek(1));
    let _ = (near(1), near::peek(1));
    let _ = (capital(1), capital::peek(1));
    let _ = (far(1), far::peek(1));
    let _ = (boolean(1), boolean::peek(1));
    let _ = (character(1), character::peek(1));
    let _ = (array(1), array::peek(1));
    let _ = (list(1), list::peek(1));
    let _ = (closure(1), closure::peek(1));
    let _ = (bytes(1), bytes::peek(1));
    let _ = (no_quotes(1), no_quotes::peek(1));
    let _ = (constant(1), constant::peek(1));
    let _ = (no_underscore(1), no_underscore::peek(1));
}
