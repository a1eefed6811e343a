use larder::cached;

#[cached]
unsafe extern "C" fn variadic(n: u64, _: ...) -> u64 { n }

fn main() {}
