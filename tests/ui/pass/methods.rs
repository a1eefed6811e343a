//! Methods and associated functions of every kind.
#![deny(warnings)]
#![allow(dead_code)]

use larder::cached;
use std::hash::Hash;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Hash)]
struct Repo<T> {
    table: T,
}

impl<T: Hash + Clone + Send + Sync + 'static> Repo<T> {
    const SECONDS: u64 = 5;

    #[cached(ttl = Self::SECONDS)]
    fn by_reference(&self, n: u64) -> (T, u64) {
        (self.table.clone(), n)
    }

    #[cached]
    fn by_mutable(&mut self, n: u64) -> u64 {
        self.table = self.table.clone();
        n
    }

    #[cached]
    fn by_value(mut self, n: u64) -> T {
        let _ = n;
        self.table = self.table.clone();
        self.table
    }

    #[cached]
    async fn by_arc(self: Arc<Self>, n: u64) -> Result<Vec<T>, Rc<str>> {
        std::future::ready(()).await;
        Ok(vec![self.table.clone(); n as usize])
    }

    #[cached]
    fn by_box(self: Box<Self>) -> T {
        self.table
    }

    #[cached(key = &self.table)]
    fn pinned(self: Pin<&mut Self>) -> T {
        self.table.clone()
    }

    #[cached]
    fn new(table: T) -> Self {
        Self { table }
    }

    #[cached]
    fn plain(n: u64) -> u64 {
        n
    }

    #[cached(companions, skip(self))]
    pub(crate) async fn load(&self, db: &str, n: u64) -> Option<T> {
        let _ = (db, n);
        Some(self.table.clone())
    }

    #[cached(companions = "fetch")]
    fn owned(self: Arc<Self>, n: u64) -> u64 {
        n
    }

    #[cached(companions)]
    fn consumed(self, n: u64) -> u64 {
        n
    }
}

trait Load {
    fn load(&self, n: u64) -> u64;

    #[cached(skip(self))]
    fn with_default(&self, n: u64) -> u64 {
        self.load(n)
    }
}

impl Load for u8 {
    #[cached]
    fn load(&self, n: u64) -> u64 {
        n + u64::from(*self)
    }
}

impl Load for u16 {
    #[cached]
    fn load(&self, n: u64) -> u64 {
        n + u64::from(*self) + 100
    }
}

struct Plain;

impl Plain {
    #[cached]
    fn new(n: u64) -> u64 {
        n
    }
}

struct Hidden;

macro_rules! bare {
    ($name:ident) => {
        #[cached(companions = false)]
        fn $name(n: u64) -> u64 {
            n
        }
    };
}

macro_rules! with_impl {
    ($ty:ident, $name:ident) => {
        impl $ty {
            #[cached]
            fn $name(n: u64) -> u64 {
                n
            }
        }
    };
}

impl Hidden {
    bare!(made);
}
with_impl!(Hidden, also_made);

fn is_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    let _lab = larder::test::lab();
    let mut repo = Repo { table: "a".to_string() };
    assert_eq!(repo.by_reference(1), ("a".into(), 1));
    assert_eq!(Repo { table: "b".to_string() }.by_reference(1), ("b".into(), 1));
    assert_eq!(Repo { table: 'b' }.by_reference(1), ('b', 1));
    assert_eq!(repo.by_mutable(1), 1);
    assert_eq!(repo.clone().by_value(1), "a");
    assert_eq!(Box::new(repo.clone()).by_box(), "a");
    assert_eq!(Pin::new(&mut repo).pinned(), "a");
    assert_eq!(Repo::new(3u8).table, 3);
    assert_eq!(Repo::<u8>::plain(3), 3);
    let arc = Arc::new(repo.clone());
    assert_eq!(Repo::fetch_peek(&arc, 1).unwrap(), None);
    assert_eq!(Arc::clone(&arc).owned(1), 1);
    assert_eq!(Repo::fetch_peek(&arc, 1).unwrap(), Some(1));
    assert_eq!(Repo::fetch_refresh(arc, 1), 1);
    assert_eq!(repo.clone().consumed(2), 2);
    assert_eq!(repo.consumed_peek(2).unwrap(), Some(2));
    repo.consumed_invalidate(2).unwrap();
    assert_eq!(repo.consumed_peek(2).unwrap(), None);
    assert_eq!(Repo::<String>::consumed_stats().runs, 1);
    assert_eq!((1u8.load(1), 1u16.load(1)), (2, 102));
    assert_eq!((1u8.with_default(1), 1u16.with_default(1)), (2, 102));
    assert_eq!((Plain::new(1), Hidden::made(1), Hidden::also_made(1)), (1, 1, 1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(is_send(repo.load("", 1)).await, Some("a".into()));
        assert_eq!(is_send(Repo::<String>::load_peek("", 1)).await.unwrap(), Some("a".into()));
        assert_eq!(is_send(Repo::<u8>::load_peek("", 1)).await.unwrap(), None);
        Repo::<String>::load_clear().await.unwrap();
        assert_eq!(is_send(Repo::<String>::load_peek("", 1)).await.unwrap(), None);
        assert_eq!(is_send(repo.load_uncached("", 1)).await, Some("a".into()));
        assert_eq!(is_send(Arc::new(repo).by_arc(2)).await.unwrap(), ["a", "a"]);
    });
}
