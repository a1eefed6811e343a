use larder::cached;

struct posts {}

#[cached]
fn posts(n: u64) -> u64 { n }

fn main() {
    let _ = posts(1);
}
