use larder::cached;

#[cached(handler = "disk")]
fn generic<T: Clone + Send + Sync + 'static>(n: u64) -> Vec<T> { let _ = n; Vec::new() }

#[cached(handler = "redis")]
async fn plain<T: larder::Value + std::hash::Hash>(t: T) -> T { t }

fn main() {
    let _ = (generic::<u8>(1), generic::peek::<u8>(1));
    drop((plain(1), plain::peek(1)));
}
