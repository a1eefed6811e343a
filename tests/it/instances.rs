//! Methods, generic functions and functions in places that cannot be known are cached on every handler, and are told apart
//! by their types there.

use std::fmt::Debug;

use larder::cached;

use crate::support::{KINDS, Runs, rig};

static RUNS: Runs = Runs::new();

#[derive(Hash)]
struct Repo(u8);

#[derive(Hash)]
struct Of<T>(T);

#[async_trait::async_trait]
trait Load {
    async fn boxed(&self, n: u64) -> u64;

    #[cached]
    async fn by_default(&self, n: u64) -> u64
    where
        Self: std::hash::Hash,
    {
        RUNS.add();
        tokio::task::yield_now().await;
        n
    }
}

#[async_trait::async_trait]
impl Load for Repo {
    #[cached]
    async fn boxed(&self, n: u64) -> u64 {
        RUNS.add();
        n + u64::from(self.0)
    }
}

trait Native {
    async fn native(&self, n: u64) -> u64;
}

impl Native for Repo {
    #[cached]
    async fn native(&self, n: u64) -> u64 {
        RUNS.add();
        n + u64::from(self.0)
    }
}

impl Repo {
    #[cached]
    fn sync(&self, n: u64) -> u64 {
        RUNS.add();
        n + u64::from(self.0)
    }

    #[cached]
    async fn later(&self, n: u64) -> u64 {
        RUNS.add();
        tokio::task::yield_now().await;
        n + u64::from(self.0)
    }

    #[cached(companions)]
    async fn with_companions(&self, n: u64) -> u64 {
        RUNS.add();
        n + u64::from(self.0)
    }

    #[cached]
    fn gives_a_future(&self, n: u64) -> impl Future<Output = u64> + Send {
        RUNS.add();
        let own = self.0;
        async move { n + u64::from(own) }
    }
}

impl<T: std::hash::Hash + Send + Sync> Of<T> {
    #[cached]
    async fn later(&self, n: u64) -> String {
        RUNS.add();
        format!("{} {n}", std::any::type_name::<T>())
    }
}

#[cached]
async fn generic<T: Debug + std::hash::Hash + Sync>(value: &T) -> String {
    RUNS.add();
    format!("{} {value:?}", std::any::type_name::<T>())
}

#[cached(companions = false)]
async fn anywhere(n: u64) -> u64 {
    RUNS.add();
    n
}

#[tokio::test]
async fn every_kind_of_function_is_cached_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        macro_rules! check {
            ($($call:expr),* $(,)?) => {$(
                let first = $call;
                assert_eq!(RUNS.take(), 1, "{kind}: {} did not run", stringify!($call));
                assert_eq!($call, first);
                assert_eq!(RUNS.take(), 0, "{kind}: {} is not cached", stringify!($call));
            )*};
        }
        check!(
            Repo(1).sync(1),
            Repo(1).later(1).await,
            Repo(1).with_companions(1).await,
            Repo(1).gives_a_future(1).await,
            Repo(1).boxed(1).await,
            Repo(1).by_default(1).await,
            Repo(1).native(1).await,
            Of(1_u8).later(1).await,
            Of(1_u16).later(1).await,
            Of("a").later(1).await,
            generic(&1_u8).await,
            generic(&1_u16).await,
            generic(&Some("a")).await,
            anywhere(1).await,
        );
    }
}

#[tokio::test]
async fn an_instance_of_a_closure_has_no_name_and_is_not_stored_as_bytes() {
    #[cached(skip(_of), key = n)]
    fn with<F: Fn() -> u64>(_of: F, n: u64) -> u64 {
        RUNS.add();
        _of() + n
    }
    for (kind, runs) in [("ram", 2), ("disk", 4)] {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let (one, two) = (|| 1, || 2);
        assert_eq!((with(one, 5), with(two, 5), with(one, 5), with(two, 5)), (6, 7, 6, 7), "{kind}");
        assert_eq!(RUNS.take(), runs, "{kind}");
    }
}

mod old {
    pub(super) struct Users;

    impl Users {
        #[larder::cached(name = "users", key = "user:{id}")]
        pub(super) async fn user(id: u64) -> u64 {
            super::RUNS.add();
            id
        }
    }

    #[larder::cached(name = "named", key = "{value}")]
    pub(super) fn named<T: std::fmt::Display>(value: &T) -> String {
        super::RUNS.add();
        value.to_string()
    }

    #[larder::cached(name = "place", key = "{id}", companions = false)]
    pub(super) fn place(id: u64) -> u64 {
        super::RUNS.add();
        id
    }
}

mod new {
    pub(super) struct Accounts;

    impl Accounts {
        #[larder::cached(name = "users", key = "user:{id}", companions)]
        pub(super) async fn load(id: u64) -> u64 {
            super::RUNS.add();
            id
        }
    }

    #[larder::cached(name = "named", key = "{value}", companions = "other")]
    pub(super) fn renamed<T: std::fmt::Display>(value: &T) -> String {
        super::RUNS.add();
        value.to_string()
    }

    #[larder::cached(name = "place", key = "{id}")]
    pub(super) fn placed(id: u64) -> u64 {
        super::RUNS.add();
        id
    }
}

#[tokio::test]
async fn what_has_a_name_is_found_again_when_it_has_moved() {
    for kind in ["disk", "redis"] {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        assert_eq!((old::Users::user(1).await, old::named(&7_u8), old::place(3)), (1, "7".to_owned(), 3));
        assert_eq!(RUNS.take(), 3);
        assert_eq!((new::Accounts::load(1).await, new::renamed(&7_u8), new::placed(3)), (1, "7".to_owned(), 3));
        assert_eq!(RUNS.take(), 0, "{kind}");
        assert_eq!(new::renamed(&7_u16), "7");
        assert_eq!(RUNS.take(), 1, "{kind}: another type shares");
    }
}

#[tokio::test]
async fn a_pattern_finds_methods_and_generic_functions_by_their_readable_keys() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        old::Users::user(1).await;
        old::Users::user(2).await;
        drop((old::named(&7_u8), old::named(&7_u16), old::named(&8_u8), old::place(3)));
        assert_eq!(RUNS.take(), 6);
        rig.cache.clear_matching("users:user:1").await.unwrap();
        rig.cache.clear_matching("named:7").await.unwrap();
        rig.cache.clear_matching("pl?ce:3").await.unwrap();
        old::Users::user(2).await;
        old::named(&8_u8);
        assert_eq!(RUNS.take(), 0, "{kind}: what did not match is gone");
        old::Users::user(1).await;
        drop((old::named(&7_u8), old::named(&7_u16), old::place(3)));
        assert_eq!(RUNS.take(), 4, "{kind}: what matched is still there");
    }
}
