use larder::cached;

#[cached]
fn without_bounds<T: std::hash::Hash>(t: T) -> T { t }

#[cached]
fn not_static<T: Clone + std::hash::Hash + Send + Sync>(t: T) -> Option<T> { Some(t) }

fn main() {
    without_bounds(1);
    not_static(1);
}
