use larder::cached;

#[cached]
fn iterator(n: u64) -> impl Iterator<Item = u64> { 0..n }

#[cached]
fn future(n: u64) -> impl std::future::Future<Output = u64> { async move { n } }

fn main() {}
