use larder::cached;

#[cached(handler = "ram", single_flight = "shared")]
fn square(n: u64) -> u64 { n * n }

fn main() {
    let _ = (square(1), square::peek(1));
}
