use larder::cached;

#[cached(bypass = true, refresh = true)]
fn both(n: u64) -> u64 { n }

fn main() {
    let _ = (both(1), both::peek(1));
}
