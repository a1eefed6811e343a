use larder::cached;

trait Load {
    fn load(&self, n: u64) -> u64;
}

struct S;

impl Load for S {
    #[cached(companions, skip(self))]
    fn load(&self, n: u64) -> u64 { n }
}

fn main() {}
