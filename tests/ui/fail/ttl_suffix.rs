use larder::cached;

#[cached(ttl = 30s)]
fn seconds(n: u64) -> u64 { n }

#[cached(ttl = 5m)]
fn minutes(n: u64) -> u64 { n }

#[cached(ttl = 30_000ms)]
fn milliseconds(n: u64) -> u64 { n }

fn main() {
    let _ = (seconds(1), seconds::peek(1));
    let _ = (minutes(1), minutes::peek(1));
    let _ = (milliseconds(1), milliseconds::peek(1));
}
