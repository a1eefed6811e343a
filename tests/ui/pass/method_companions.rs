//! `companions` on a method adds its operations beside it, as functions with the method's name in front.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    fn load(&self, id: u64) -> Option<u64> {
        (id > 0).then_some(self.0 + id)
    }
}

fn main() {
    let _lab = larder::test::lab();
    let repo = Repo(10);
    assert_eq!(repo.load_peek(1).unwrap(), None);
    assert_eq!((repo.load(1), repo.load_peek(1).unwrap()), (Some(11), Some(11)));
    repo.load_invalidate(1).unwrap();
    assert_eq!(Repo::load_peek(&repo, 1).unwrap(), None);
    repo.load_prime(1, 99).unwrap();
    assert_eq!((repo.load(1), repo.load_uncached(1), repo.load(1)), (Some(99), Some(11), Some(99)));
    assert_eq!((repo.load_refresh(1), repo.load(1), repo.load(0)), (Some(11), Some(11), None));
    assert_eq!(Repo(11).load_peek(1).unwrap(), None, "another instance");
    Repo::load_clear().unwrap();
    assert_eq!(repo.load_peek(1).unwrap(), None);
    assert_eq!(Repo::load_stats().hits, 3);
}
