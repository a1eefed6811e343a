use larder::cached;

trait Load {
    #[cached(tll = 30)]
    fn default(&self, id: u64) -> u64 {
        id
    }

    async fn load(&self, id: u64) -> u64;
}

struct S;

impl Load for S {
    #[cached(tll = 30)]
    async fn load(&self, id: u64) -> u64 {
        id
    }
}

fn main() {
    S.default(1);
    drop(S.load(1));
}
