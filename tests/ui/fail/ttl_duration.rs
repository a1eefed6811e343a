use larder::cached;

#[cached(ttl = "")]
fn empty(n: u64) -> u64 { n }

#[cached(ttl = "0s")]
fn zero(n: u64) -> u64 { n }

#[cached(ttl = "5min")]
fn unit(n: u64) -> u64 { n }

#[cached(ttl = "1h30")]
fn no_unit(n: u64) -> u64 { n }

#[cached(ttl = "30m1h")]
fn order(n: u64) -> u64 { n }

#[cached(ttl = 30m)]
fn no_quotes(n: u64) -> u64 { n }

fn main() {}
