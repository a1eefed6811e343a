use larder::cached;

#[cached(ttl = 30, handler = "ram", ttl = 60)]
fn with_another_value(n: u64) -> u64 { n }

#[cached(cache_err, cache_err)]
fn flag(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(skip(a), skip(b))]
fn lists(a: u64, b: u64) -> u64 { a + b }

#[cached(ttl, ttl = 60)]
fn of_which_one_is_wrong(n: u64) -> u64 { n }

fn main() {
    let _ = (with_another_value(1), with_another_value::peek(1));
    let _ = (flag(1), flag::peek(1));
    let _ = lists(1, 2);
    let _ = (of_which_one_is_wrong(1), of_which_one_is_wrong::peek(1));
}
