//! What the attribute generates finds larder under the name that it has in the user's `Cargo.toml`, in edition 2021.
#![deny(missing_docs, rust_2024_compatibility, clippy::pedantic)]

/// Without companions, and so without any name of this crate's.
#[memo::cached(companions = false)]
#[must_use]
pub fn alone(n: u64) -> u64 {
    n + 1
}

/// With everything that generated code names.
///
/// # Errors
/// When `id` is 0.
#[memo::cached(
    handler = "ram",
    ttl = |found| found.as_ref().map_or(1, |name| name.len() as u64),
    key = "user:{team}:{id}",
    tags = ["team:{team}"],
    skip(db),
    cache_if = |found| found.is_ok(),
    bypass = id == 1
)]
pub async fn user(db: &Db, team: &str, id: u64) -> Result<String, String> {
    db.load(team, id).ok_or_else(|| "no such user".to_owned())
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Db;

impl Db {
    #[memo::cached(skip(self), companions)]
    fn load(self, team: &str, id: u64) -> Option<String> {
        (id > 0).then(|| format!("{team}{id}"))
    }
}

/// A trait whose functions are async.
pub trait Load {
    /// Loads.
    fn get<'a>(&'a self, id: &'a str) -> impl std::future::Future<Output = usize> + Send + 'a;
}

impl Load for Db {
    #[memo::cached(skip(self))]
    async fn get(&self, id: &str) -> usize {
        id.len()
    }
}

/// Generic, and unsafe.
///
/// # Safety
/// Anything will do.
#[memo::cached]
pub unsafe fn first<'a, T, const N: usize>(items: &'a [T; N], by: impl Fn(&T) -> u64 + std::hash::Hash) -> Option<T>
where
    T: std::hash::Hash + Clone + Send + Sync + 'static,
{
    items.iter().min_by_key(|item| by(item)).cloned()
}

/// The last expression of a body borrows from an argument until the very end, before edition 2024.
#[memo::cached(companions = false, key = n, skip(more))]
pub fn borrows_to_the_end(
    (list, n): (std::cell::RefCell<Vec<u64>>, usize),
    mut more: std::cell::RefCell<u64>,
) -> usize {
    *more.get_mut() += 1;
    list.borrow().len() + n + usize::from(*more.borrow() > 1)
}

#[cfg(test)]
mod tests {
    use super::{alone, borrows_to_the_end, user, Db, Load};
    use std::cell::RefCell;

    #[tokio::test]
    async fn a_renamed_larder_works_in_edition_2021() {
        let lab = memo::test::lab();
        assert_eq!((alone(1), alone(1)), (2, 2));
        assert_eq!(user(&Db, "eng", 2).await, user(&Db, "eng", 2).await);
        assert_eq!((user::stats().runs, user::stats().hits), (1, 1));
        assert_eq!(user::peek("eng", 2).await.unwrap(), Some("eng2".to_owned()));
        user::invalidate("eng", 2).await.unwrap();
        assert_eq!(user::peek("eng", 2).await.unwrap(), None);
        user::prime("eng", 2, "primed".to_owned()).await.unwrap();
        assert_eq!(user(&Db, "eng", 2).await, Ok("primed".to_owned()));
        assert_eq!(Db::load_peek("eng", 2).unwrap(), Some("eng2".to_owned()));
        assert_eq!((Db.get("abc").await, Db.get("abc").await), (3, 3));
        assert_eq!(borrows_to_the_end((RefCell::new(vec![1, 2]), 3), RefCell::new(1)), 6);
        assert_eq!(borrows_to_the_end((RefCell::new(vec![]), 3), RefCell::new(0)), 6);
        assert_eq!(lab.cache().stats().functions.len(), 5);
    }
}
