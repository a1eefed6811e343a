use larder::cached;

#[cached]
fn generic<T>(t: T, id: u64) -> u64 { let _ = t; id }

#[cached]
fn bounded<T: Clone>(t: &T, id: u64) -> u64 { let _ = t; id }

fn main() {
    let _ = (generic(1, 1), generic::peek(1, 1));
    let _ = (bounded(&1, 1), bounded::peek(&1, 1));
}
