use larder::cached;

#[cached]
fn configured(n: u64, #[cfg(unix)] m: u64) -> u64 { n + m }

fn main() {}
