use larder::cached;

#[cached]
trait Trait {
    fn method(&self) -> u64 { 1 }
}

impl Trait for u64 {}

fn main() {
    let _ = 1_u64.method();
}
