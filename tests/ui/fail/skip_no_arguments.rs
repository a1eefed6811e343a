use larder::cached;

#[cached(skip(id))]
fn nothing() -> u64 { 1 }

fn main() {
    let _ = (nothing(), nothing::peek());
}
