use larder::cached;

#[cached(handler = "disk", threshold = 1_000)]
fn square(n: u64) -> u64 { n * n }

fn main() {
    let _ = (square(1), square::peek(1));
}
