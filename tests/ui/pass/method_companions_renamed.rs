//! `companions = "fetch"` gives the operations beside a method another name than the method's.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions = "fetch")]
    fn load(&self, id: u64) -> u64 {
        self.0 + id
    }

    fn load_stats(&self) -> &'static str {
        "of its own"
    }
}

fn main() {
    let _lab = larder::test::lab();
    let repo = Repo(1);
    assert_eq!((repo.load(1), repo.load(1), repo.fetch_peek(1).unwrap()), (2, 2, Some(2)));
    assert_eq!((Repo::fetch_stats().runs, Repo::fetch_stats().hits), (1, 1));
    assert_eq!(repo.load_stats(), "of its own");
}
