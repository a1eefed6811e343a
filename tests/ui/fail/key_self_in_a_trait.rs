use larder::cached;

trait Load {
    #[cached]
    fn default(&self, id: u64) -> u64 { id }

    fn load(&self, id: u64) -> u64;
}

struct S;

impl Load for S {
    #[cached]
    fn load(&self, id: u64) -> u64 { id }
}

fn main() {
    let _ = (S.default(1), S.load(1));
}
