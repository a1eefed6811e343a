use larder::cached;

#[cached(cache_if = |v| *v > 1)]
fn result(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(cache_if = |v| v.is_empty())]
fn option(n: u64) -> Option<String> { Some(n.to_string()) }

fn main() {
    let _ = (result(1), result::peek(1));
    let _ = (option(1), option::peek(1));
}
