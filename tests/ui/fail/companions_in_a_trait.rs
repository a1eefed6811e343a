use larder::cached;

trait Load {
    #[cached(companions)]
    fn default(&self, n: u64) -> u64 { n }

    fn load(&self, n: u64) -> u64;
}

impl Load for u64 {
    #[cached(companions = "other", skip(self))]
    fn load(&self, n: u64) -> u64 { n }
}

fn main() {
    let _ = (1.load(1), 1.default(1));
}
