use larder::cached;

#[cached(ttl = "30m1h")]
fn falling(n: u64) -> u64 { n }

#[cached(ttl = "1h1h")]
fn twice(n: u64) -> u64 { n }

fn main() {
    let _ = (falling(1), falling::peek(1));
    let _ = (twice(1), twice::peek(1));
}
