//! What annotated functions do: the attribute as its users write it.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use larder::cached;
use larder::test::lab;

/// Counts the runs of one function in one test.
macro_rules! counter {
    ($name:ident) => {
        static $name: AtomicU32 = AtomicU32::new(0);
    };
}

#[test]
fn a_sync_function_runs_once_for_each_set_of_arguments() {
    counter!(RUNS);
    #[cached(ttl = 30, tags = ["t:{n}"], cache_if = |v| *v > 0)]
    fn square(n: u64) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        n * n
    }
    let lab = lab();
    assert_eq!((square(3), square(3), RUNS.load(SeqCst)), (9, 9, 1));
    square::invalidate(3).unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    assert_eq!((square(3), RUNS.load(SeqCst)), (9, 2));
    assert_eq!(square::peek(3).unwrap(), Some(9));
    assert_eq!((square::refresh(3), RUNS.load(SeqCst)), (9, 3));
    assert_eq!((square::uncached(3), RUNS.load(SeqCst)), (9, 4));
    assert_eq!((square(0), square(0), RUNS.load(SeqCst)), (0, 0, 6));
    larder::cache().blocking().invalidate_tag("t:3").unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    square::prime(3, 10).unwrap();
    assert_eq!(square(3), 10);
    square::prime(4, 0).unwrap();
    assert_eq!(square::peek(4).unwrap(), None, "the policy holds for what is primed");
    lab.advance(Duration::from_secs(30));
    assert_eq!(square::peek(3).unwrap(), None);
    square::clear().unwrap();
    assert_eq!(square::stats().hits, 2);
}

#[tokio::test]
async fn an_async_function_in_generic_code_and_with_an_error_that_is_not_send() {
    #[cached]
    async fn load<T: std::fmt::Debug + std::hash::Hash + Clone + Send + Sync + 'static>(
        t: T,
        s: &str,
    ) -> Result<Vec<T>, Box<dyn std::error::Error>> {
        tokio::task::yield_now().await;
        if s.is_empty() {
            return Err("empty".into());
        }
        Ok(vec![t])
    }
    fn assert_send<T: Send>(t: T) -> T {
        t
    }
    let _lab = lab();
    assert_eq!(assert_send(load(5u8, "x")).await.unwrap(), vec![5u8]);
    assert_eq!(load(5u64, "x").await.unwrap(), vec![5u64]);
    assert!(load(5u64, "").await.is_err());
    assert_eq!(assert_send(load::peek::<u8>(5, "x")).await.unwrap(), Some(vec![5]));
    assert_send(load::prime(6u8, "x", vec![7])).await.unwrap();
    assert_send(load::prime(8u8, "x", Ok(vec![7]))).await.unwrap();
    assert_eq!((load(6u8, "x").await.unwrap(), load(8u8, "x").await.unwrap()), (vec![7], vec![7]));
    assert_send(load::invalidate::<u8>(6, "x")).await.unwrap();
    assert_eq!(load(6u8, "x").await.unwrap(), vec![6]);
    assert_send(load::clear()).await.unwrap();
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct User {
    id: u64,
    team: String,
}
struct Db;
#[derive(Debug, Clone, PartialEq)]
struct DbError;

#[cached(handler = "redis", ttl = "5m", key = "user:{team}:{id}", tags = ["users", "team:{team}"], skip(db))]
async fn user(db: &Db, team: &str, id: u64) -> Result<User, DbError> {
    let _ = db;
    if id == 0 { Err(DbError) } else { Ok(User { id, team: team.to_owned() }) }
}

#[tokio::test]
async fn the_operations_of_the_tour() {
    let _lab = lab();
    let db = Db;
    assert_eq!(user(&db, "eng", 0).await, Err(DbError));
    let seven = user(&db, "eng", 7).await.unwrap();
    assert_eq!(user::peek("eng", 7).await.unwrap(), Some(seven.clone()));
    user::invalidate("eng", 7).await.unwrap();
    assert_eq!(user::peek("eng", 7).await.unwrap(), None);
    user::prime("eng", 7, User { id: 7, team: "primed".into() }).await.unwrap();
    assert_eq!(user(&db, "eng", 7).await.unwrap().team, "primed");
    assert_eq!(user::uncached(&db, "eng", 7).await.unwrap().team, "eng");
    assert_eq!(user::refresh(&db, "eng", 7).await.unwrap().team, "eng");
    larder::cache().invalidate_tag("team:eng").await.unwrap();
    assert_eq!(user::peek("eng", 7).await.unwrap(), None);
    user::prime("eng", 0, Err(DbError)).await.unwrap();
    assert_eq!(user::peek("eng", 0).await.unwrap(), None);
    user::clear().await.unwrap();
    let stats = user::stats();
    assert!(stats.hits >= 1 && stats.misses >= 1 && stats.runs >= 2, "{stats:?}");
}

#[test]
fn a_key_expression_says_which_calls_share_a_result() {
    counter!(RUNS);
    #[cached(key = n % 10)]
    fn last_digit(n: u64) -> u64 {
        RUNS.fetch_add(1, SeqCst);
        n % 10
    }
    #[cached(key = (name.to_lowercase(), tags))]
    fn folded(name: String, tags: Vec<u8>, other: u8) -> usize {
        RUNS.fetch_add(1, SeqCst);
        name.len() + tags.len() + usize::from(other)
    }
    let _lab = lab();
    assert_eq!((last_digit(13), last_digit(23), RUNS.swap(0, SeqCst)), (3, 3, 1));
    assert_eq!(folded("Ab".into(), vec![1], 1), folded("aB".into(), vec![1], 2));
    assert_eq!(RUNS.load(SeqCst), 1);
}

#[test]
fn a_time_to_live_is_a_number_a_string_or_an_expression_over_the_arguments_or_the_result() {
    #[cached(ttl = "1m30s")]
    fn text(n: u64) -> u64 {
        n
    }
    #[cached(ttl = "forever")]
    fn forever(n: u64) -> u64 {
        n
    }
    #[cached(ttl = 0)]
    fn never(n: u64) -> u64 {
        n
    }
    const A_MINUTE: Duration = Duration::from_secs(60);
    #[cached(ttl = A_MINUTE / 2)]
    fn constant(n: u64) -> u64 {
        n
    }
    #[cached(ttl = if urgent { 5 } else { 60 })]
    fn of_arguments(n: u64, urgent: bool) -> u64 {
        n + u64::from(urgent)
    }
    #[cached(ttl = |v| *v)]
    fn of_result(n: u64) -> u64 {
        n
    }
    let lab = lab();
    let _ = (text(1), forever(1), never(1), constant(1), of_arguments(1, true), of_arguments(1, false), of_result(70));
    let fresh = || {
        let found = [text::peek(1), forever::peek(1), never::peek(1), constant::peek(1)];
        let others = [of_arguments::peek(1, true), of_arguments::peek(1, false), of_result::peek(70)];
        found.into_iter().chain(others).map(|found| found.unwrap().is_some()).collect::<Vec<_>>()
    };
    assert_eq!(fresh(), [true, true, false, true, true, true, true]);
    lab.advance(Duration::from_secs(5));
    assert_eq!(fresh(), [true, true, false, true, false, true, true]);
    lab.advance(Duration::from_secs(25));
    assert_eq!(fresh(), [true, true, false, false, false, true, true]);
    lab.advance(Duration::from_secs(30));
    assert_eq!(fresh(), [true, true, false, false, false, false, true]);
    lab.advance(Duration::from_secs(30));
    assert_eq!(fresh(), [false, true, false, false, false, false, false]);
}

#[test]
fn bypass_and_refresh_are_asked_at_every_call() {
    counter!(RUNS);
    #[cached(bypass = *mode == "bypass", refresh = mode == &"refresh", skip(mode))]
    fn counted(n: u32, mode: &&str) -> u32 {
        let _ = mode;
        n + RUNS.fetch_add(1, SeqCst)
    }
    let _lab = lab();
    assert_eq!((counted(0, &"bypass"), counted(0, &""), counted(0, &"")), (0, 1, 1));
    assert_eq!((counted(0, &"bypass"), counted(0, &""), counted(0, &"refresh"), counted(0, &"")), (2, 1, 3, 3));
}

#[test]
fn what_is_not_stored_is_so_by_the_real_type_of_the_result() {
    type Alias<T> = Result<T, String>;
    #[cached]
    fn alias(n: u64) -> Alias<u64> {
        n.checked_sub(1).ok_or_else(String::new)
    }
    #[cached(cache_err)]
    fn with_err(n: u64) -> Alias<u64> {
        n.checked_sub(1).ok_or_else(String::new)
    }
    #[cached(cache_none)]
    fn with_none(n: u64) -> Option<u64> {
        n.checked_sub(1)
    }
    #[cached]
    fn without_none(n: u64) -> Option<u64> {
        n.checked_sub(1)
    }
    let _lab = lab();
    for n in 0..2 {
        let _ = (alias(n), with_err(n), with_none(n), without_none(n));
    }
    assert_eq!(alias::peek(0).unwrap(), None);
    assert_eq!(alias::peek(1).unwrap(), Some(Ok(0)));
    assert_eq!(with_err::peek(0).unwrap(), Some(Err(String::new())));
    assert_eq!((with_none::peek(0).unwrap(), with_none::peek(1).unwrap()), (Some(None), Some(Some(0))));
    assert_eq!((without_none::peek(0).unwrap(), without_none::peek(1).unwrap()), (None, Some(0)));
    alias::prime(5, 6).unwrap();
    with_none::prime(5, None).unwrap();
    assert_eq!((alias(5), with_none(5)), (Ok(6), None));
}

mod named {
    use larder::cached;

    #[cached]
    pub(super) fn free(n: u64) -> u64 {
        n
    }
    #[cached(companions = "others")]
    pub(super) fn renamed(n: u64) -> u64 {
        n
    }
    #[cached(companions = false)]
    pub(super) async fn alone(n: u64) -> u64 {
        n
    }
    #[cached(name = "users", version = 2)]
    pub(super) fn named(n: u64) -> u64 {
        n
    }
    pub(super) struct S<T>(pub(super) T);
    impl<T> S<T> {
        #[cached(skip(self))]
        pub(super) fn method(&self, n: u64) -> u64 {
            n
        }
        #[cached(companions)]
        pub(super) fn operated(n: u64) -> u64 {
            n
        }
    }
    pub(super) fn local(n: u64) -> u64 {
        #[cached]
        fn inside(n: u64) -> u64 {
            n
        }
        inside(n)
    }
}

#[tokio::test]
async fn a_function_is_called_by_its_path() {
    let lab = lab();
    named::free(1);
    named::renamed(1);
    named::alone(1).await;
    named::named(1);
    named::S(1).method(1);
    named::S::<u8>::operated(1);
    named::local(1);
    let names: Vec<String> = lab.cache().stats().functions.iter().map(|row| row.name.clone()).collect();
    let expected = [
        "macros::named::S<_>::method",
        "macros::named::S<_>::operated",
        "macros::named::alone",
        "macros::named::free",
        "macros::named::local::inside",
        "macros::named::renamed",
        "users",
    ];
    assert_eq!(names, expected);
}

#[test]
fn instances_of_generic_code_do_not_share() {
    #[cached]
    fn size<T>() -> usize {
        size_of::<T>()
    }
    #[cached]
    fn length<const N: usize>(n: u8) -> usize {
        N + usize::from(n)
    }
    let _lab = lab();
    assert_eq!((size::<u8>(), size::<u16>(), size::<u8>()), (1, 2, 1));
    assert_eq!((length::<1>(1), length::<2>(1)), (2, 3));
    assert_eq!((size::stats().hits, size::stats().runs), (1, 2));
    size::invalidate::<u16>().unwrap();
    assert_eq!((size::peek::<u8>().unwrap(), size::peek::<u16>().unwrap()), (Some(1), None));
}

#[test]
fn arguments_are_moved_into_the_run_and_dropped_as_before() {
    struct Noisy<'a>(&'a AtomicU32);
    impl Drop for Noisy<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    #[cached(skip(noisy, _))]
    fn take(noisy: Noisy<'_>, _: Noisy<'_>, n: u64) -> u64 {
        drop(noisy);
        n
    }
    let _lab = lab();
    let dropped = AtomicU32::new(0);
    for n in [1, 1, 2] {
        take(Noisy(&dropped), Noisy(&dropped), n);
    }
    assert_eq!(dropped.load(SeqCst), 6);
}
