//! `crate = path` says where larder is, also from within a macro.
#![deny(missing_docs, unreachable_pub, clippy::pedantic)]

framework::memoized! {
    /// Made by the framework's macro.
    #[must_use]
    pub fn made(n: u64) -> u64 {
        n + 1
    }
}

/// Written out.
#[framework::cached(crate = framework::larder, key = "{n}", tags = ["all"], ttl = |n| *n)]
#[must_use]
pub fn written(n: u64) -> u64 {
    n + 2
}

/// A method.
#[derive(Debug, Hash)]
pub struct Adder(u64);

impl Adder {
    /// Adds.
    #[framework::cached(crate = framework::larder, companions)]
    #[must_use]
    pub fn add(&self, n: u64) -> u64 {
        self.0 + n
    }
}

#[cfg(test)]
mod tests {
    use super::{Adder, made, written};

    #[test]
    fn a_larder_that_another_crate_brings_along_works() {
        let _lab = framework::larder::test::lab();
        assert_eq!((made(1), made(1), made::stats().hits), (2, 2, 1));
        assert_eq!((written(1), written::peek(1).unwrap()), (3, Some(3)));
        assert_eq!((Adder(1).add(1), Adder(2).add(1), Adder(2).add_peek(1).unwrap()), (2, 3, Some(3)));
    }
}
