use larder::cached;

#[cached(handler = 5)]
fn handler(n: u64) -> u64 { n }

#[cached(handler = "")]
fn empty(n: u64) -> u64 { n }

#[cached(skip = "n")]
fn skip(n: u64) -> u64 { n }

#[cached(skip())]
fn skip_nothing(n: u64) -> u64 { n }

#[cached(skip("n"))]
fn skip_text(n: u64) -> u64 { n }

#[cached(version = -1)]
fn version(n: u64) -> u64 { n }

#[cached(cache_err = true)]
fn flag(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(tags = [n])]
fn tag(n: u64) -> u64 { n }

#[cached(tags = [""])]
fn empty_tag(n: u64) -> u64 { n }

#[cached(name = users)]
fn name(n: u64) -> u64 { n }

#[cached(crate = "larder")]
fn krate(n: u64) -> u64 { n }

#[cached(companions = "not a name")]
fn companions(n: u64) -> u64 { n }

#[cached(ttl)]
fn no_value(n: u64) -> u64 { n }

#[cached(ttl = )]
fn empty_value(n: u64) -> u64 { n }

#[cached(ttl = 30 handler = "ram")]
fn no_comma(n: u64) -> u64 { n }

fn main() {}
