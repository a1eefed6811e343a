use larder::cached;

#[cached(cache_err =)]
fn no_value(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = 5)]
fn integer(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = -5)]
fn negative(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = 1.5)]
fn float(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = "text")]
fn text(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = "")]
fn empty_text(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = true)]
fn boolean(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = 'c')]
fn character(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = n)]
fn path(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = ["a", "b"])]
fn array(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err("a"))]
fn list(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = |v| v)]
fn closure(n: u64) -> Result<u64, u64> { Ok(n) }

#[cached(cache_err = b"text")]
fn bytes(n: u64) -> Result<u64, u64> { Ok(n) }

fn main() {
    let _ = (no_value(1), no_value::peek(1));
    let _ = (integer(1), integer::peek(1));
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
}
