use larder::cached;

#[cached]
fn default<T: Default + larder::Value>(n: u64) -> T { let _ = n; T::default() }

fn main() {
    let _: u8 = default(1);
    let _ = default::peek::<u8>(1);
    let _ = default::invalidate(1);
}
