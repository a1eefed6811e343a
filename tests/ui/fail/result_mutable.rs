use larder::cached;

#[cached]
fn mutable(n: u64) -> &'static mut u64 { Box::leak(Box::new(n)) }

fn main() {}
