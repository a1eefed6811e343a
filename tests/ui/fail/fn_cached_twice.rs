use larder::cached;

#[cached(ttl = 30)]
#[cached(handler = "ram")]
fn twice(n: u64) -> u64 { n }

#[cached]
#[larder::cached]
fn by_its_path(n: u64) -> u64 { n }

fn main() {
    let _ = (twice(1), twice::peek(1));
    let _ = (by_its_path(1), by_its_path::peek(1));
}
