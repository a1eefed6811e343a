use larder::cached;

#[cached]
#[derive(Clone)]
pub struct Struct { pub n: u64 }

#[cached]
pub(crate) struct Tuple(u64);

fn main() {
    let _ = Struct { n: 1 }.clone().n;
    let _ = Tuple(1).0;
}
