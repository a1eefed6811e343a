use larder::cached;

#[cached(ttl: 30)]
fn colon(n: u64) -> u64 { n }

#[cached(ttl 30)]
fn nothing(n: u64) -> u64 { n }

#[cached(ttl == 30)]
fn comparison(n: u64) -> u64 { n }

#[cached(ttl => 30, handler = "ram")]
fn arrow(n: u64) -> u64 { n }

#[cached(tags["a"])]
fn brackets(n: u64) -> u64 { n }

#[cached(skip{n})]
fn braces(n: u64) -> u64 { n }

fn main() {
    let _ = (colon(1), colon::peek(1));
    let _ = (nothing(1), nothing::peek(1));
    let _ = (comparison(1), comparison::peek(1));
    let _ = (arrow(1), arrow::peek(1));
    let _ = (brackets(1), brackets::peek(1));
    let _ = braces(1);
}
