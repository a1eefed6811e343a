use larder::cached;

#[cached]
struct Struct;

#[cached]
impl Struct {}

#[cached]
trait Trait {
    #[cached]
    fn no_body(&self) -> u64;
}

#[cached]
mod module {}

#[cached]
const N: u64 = 1;

fn main() {}
