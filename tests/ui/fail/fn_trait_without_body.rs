use larder::cached;

trait Trait {
    #[cached]
    fn no_body(&self, n: u64) -> u64;

    #[cached(tll = 30)]
    async fn later(&self) -> u64 where Self: Sized;
}

impl Trait for u64 {
    fn no_body(&self, n: u64) -> u64 { n }

    async fn later(&self) -> u64 { 1 }
}

fn main() {
    let _ = 1_u64.no_body(1);
}
