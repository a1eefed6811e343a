use larder::cached;

#[cached]
fn impl_trait(t: impl Clone, id: u64) -> u64 { let _ = t; id }

fn main() {
    let _ = (impl_trait(1, 1), impl_trait::peek(1, 1));
}
