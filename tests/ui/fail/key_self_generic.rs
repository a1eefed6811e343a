use larder::cached;

struct Repo<T>(T);

impl<T: Clone> Repo<T> {
    #[cached]
    fn load(&self, id: u64) -> u64 { let _ = &self.0; id }
}

fn main() {
    let _ = Repo(1).load(1);
}
