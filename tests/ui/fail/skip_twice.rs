use larder::cached;

#[cached(skip(a, b, a))]
fn user(a: u64, b: u64) -> u64 { a + b }

fn main() {
    let _ = (user(1, 1), user::peek());
}
