use larder::cached;

fn main() {
    let closure = #[cached] |n: u64| n;
    let _ = closure(1);
    let moved = #[cached] move |n: u64| n;
    let _ = moved(1);
}
