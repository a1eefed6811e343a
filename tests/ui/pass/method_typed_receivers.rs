//! Receivers with their type written out: `self: Self`, `self: &Self`, `self: &mut Self`, and with a lifetime.
#![deny(warnings)]

use larder::cached;

#[derive(Clone, Hash)]
struct Repo(u64);

impl Repo {
    #[cached(companions)]
    fn value(self: Self, n: u64) -> u64 {
        self.0 + n
    }

    #[cached(companions)]
    fn reference(self: &Self, n: u64) -> u64 {
        self.0 + n
    }

    #[cached(companions)]
    fn mutable(self: &mut Self, n: u64) -> u64 {
        self.0 += n;
        self.0
    }

    #[cached(companions)]
    async fn lifetime<'a>(&'a self, text: &'a str) -> u64 {
        self.0 + text.len() as u64
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for base in [1, 2, 1] {
        let repo = Repo(base);
        assert_eq!((repo.clone().value(1), repo.reference(1), repo.clone().mutable(1)), (base + 1, base + 1, base + 1));
        assert_eq!((repo.lifetime("a").await, repo.lifetime_peek("a").await.unwrap()), (base + 1, Some(base + 1)));
        assert_eq!((repo.value_peek(1).unwrap(), repo.reference_peek(1).unwrap()), (Some(base + 1), Some(base + 1)));
        assert_eq!(Repo::mutable_peek(&&mut repo.clone(), 1).unwrap(), Some(base + 1));
    }
    assert_eq!((Repo::value_stats().runs, Repo::reference_stats().runs), (2, 2));
    assert_eq!((Repo::mutable_stats().runs, Repo::lifetime_stats().runs), (2, 2));
}
