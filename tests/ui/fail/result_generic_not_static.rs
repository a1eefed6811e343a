use larder::cached;

#[cached]
fn not_static<T: Clone + std::hash::Hash + Send + Sync>(t: T) -> Option<T> { Some(t) }

fn main() {
    let _ = (not_static(1), not_static::peek(1));
}
