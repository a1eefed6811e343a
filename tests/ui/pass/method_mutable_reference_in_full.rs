//! `self: &mut Self` is `&mut self`, in the companions too.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    fn load(self: &mut Self, n: u64) -> u64 {
        self.0 += 1;
        n + self.0
    }
}

fn main() {
    let _lab = larder::test::lab();
    let mut repo = Repo(1);
    assert_eq!(repo.load(7), 9);
    assert_eq!((repo.load_peek(7).unwrap(), Repo(1).load_peek(7).unwrap()), (None, Some(9)));
    Repo(1).load_invalidate(7).unwrap();
    assert_eq!(Repo(1).load_peek(7).unwrap(), None);
}
