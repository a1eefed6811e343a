//! Doc comments are kept: a crate that demands them is content.
#![deny(warnings)]
#![deny(missing_docs)]

/// A module.
pub mod documented {
    use larder::cached;

    /// Twice.
    #[cached]
    pub fn twice(n: u64) -> u64 {
        n * 2
    }

    /// A type.
    pub struct Repo;

    impl Repo {
        /// Thrice.
        #[cached(companions)]
        pub fn thrice(n: u64) -> u64 {
            n * 3
        }
    }
}

fn main() {
    use documented::{Repo, twice};
    let _lab = larder::test::lab();
    assert_eq!((twice(2), twice(2), Repo::thrice(2), Repo::thrice(2)), (4, 4, 6, 6));
    assert_eq!((twice::stats().hits, Repo::thrice_stats().hits), (1, 1));
}
