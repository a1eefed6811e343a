use larder::cached;

#[cached(cache_err)]
fn option(n: u64) -> Option<u64> { Some(n) }

#[cached(cache_none)]
fn result(n: u64) -> Result<Option<u64>, ()> { Ok(Some(n)) }

#[cached(cache_err, cache_none)]
fn nothing(n: u64) { let _ = n; }

fn main() {}
