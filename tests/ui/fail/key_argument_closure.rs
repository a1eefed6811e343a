use larder::cached;

#[cached]
fn by_value(f: impl Fn(u64) -> u64, id: u64) -> u64 { f(id) }

#[cached]
fn by_reference<F: Fn(u64) -> u64>(f: &F, id: u64) -> u64 { f(id) }

fn main() {
    let _ = by_value(|n| n, 1);
    let _ = by_reference(&|n| n, 1);
}
