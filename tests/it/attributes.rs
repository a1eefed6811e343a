//! What each attribute and each companion does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use larder::{Ttl, cached};

use crate::support::{KINDS, Runs, rig};

static RUNS: Runs = Runs::new();

#[cached]
fn results(n: i32) -> Result<i32, String> {
    RUNS.add();
    if n < 0 { Err("negative".into()) } else { Ok(n) }
}

#[cached(cache_err)]
fn results_and_errors(n: i32) -> Result<i32, String> {
    RUNS.add();
    if n < 0 { Err("negative".into()) } else { Ok(n) }
}

type Alias<T> = Result<T, std::num::ParseIntError>;

#[cached]
fn aliased(text: &str) -> Alias<i32> {
    RUNS.add();
    text.parse()
}

#[cached]
fn options(n: u32) -> Option<u32> {
    RUNS.add();
    (n > 0).then_some(n)
}

#[cached(cache_none)]
fn options_and_nones(n: u32) -> Option<u32> {
    RUNS.add();
    (n > 0).then_some(n)
}

#[cached]
fn nested(n: u32) -> Result<Option<u32>, String> {
    RUNS.add();
    Ok((n > 0).then_some(n))
}

#[test]
fn the_outer_ok_and_some_are_stored_and_errors_and_nones_only_if_asked_for() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let twice = |call: &dyn Fn()| {
            RUNS.take();
            call();
            call();
            RUNS.take()
        };
        assert_eq!(twice(&|| assert_eq!(results(1), Ok(1))), 1, "{kind}");
        assert_eq!(twice(&|| assert!(results(-1).is_err())), 2, "{kind}");
        assert_eq!(twice(&|| assert!(results_and_errors(-1).is_err())), 1, "{kind}");
        assert_eq!(twice(&|| assert_eq!(aliased("1"), Ok(1))), 1, "{kind}");
        assert_eq!(twice(&|| assert!(aliased("x").is_err())), 2, "{kind}: an alias of `Result` is a `Result`");
        assert_eq!(twice(&|| assert_eq!(options(0), None)), 2, "{kind}");
        assert_eq!(twice(&|| assert_eq!(options_and_nones(0), None)), 1, "{kind}");
        assert_eq!(twice(&|| assert_eq!(nested(0), Ok(None))), 1, "{kind}: only the outer one counts");
    }
}

static KEEP: AtomicU32 = AtomicU32::new(0);

#[cached(cache_if = |n| *n % 2 == 0)]
fn even(_n: u32) -> u32 {
    RUNS.add();
    KEEP.load(Ordering::SeqCst)
}

#[test]
fn a_result_that_is_not_stored_removes_what_was_stored_before_and_an_error_leaves_it() {
    let _lab = larder::test::lab();
    KEEP.store(2, Ordering::SeqCst);
    assert_eq!((even(1), even::peek(1).unwrap()), (2, Some(2)));
    KEEP.store(3, Ordering::SeqCst);
    assert_eq!((even::refresh(1), even::peek(1).unwrap()), (3, None));
    assert_eq!(results(5), Ok(5));
    results::prime(6, 6).unwrap();
    assert_eq!(results::peek(6).unwrap(), Some(6));
}

#[cached(ttl = |n| Duration::from_secs(u64::from(*n)))]
fn of_its_result(n: u32) -> u32 {
    RUNS.add();
    n
}

#[cached(ttl = if long { Ttl::Forever } else { Ttl::from(1) })]
fn of_its_arguments(long: bool) -> bool {
    RUNS.add();
    long
}

#[cached(ttl = "1h30m")]
fn of_text(n: u32) -> u32 {
    n
}

const A_MINUTE: Duration = Duration::from_secs(60);

#[cached(ttl = A_MINUTE)]
fn of_a_constant(n: u32) -> u32 {
    n
}

#[test]
fn a_time_to_live_is_a_number_a_text_an_expression_or_a_function_of_the_result() {
    let lab = larder::test::lab();
    assert_eq!((of_its_result(0), of_its_result(5)), (0, 5));
    assert_eq!((of_its_result::peek(0).unwrap(), of_its_result::peek(5).unwrap()), (None, Some(5)));
    of_its_arguments(true);
    of_its_arguments(false);
    of_text(1);
    of_a_constant(1);
    lab.advance(Duration::from_secs(5));
    assert_eq!(of_its_result::peek(5).unwrap(), None);
    assert_eq!(of_its_arguments::peek(false).unwrap(), None);
    lab.advance(Duration::from_secs(55));
    assert_eq!(of_a_constant::peek(1).unwrap(), None);
    lab.advance(Duration::from_secs(89 * 60 - 1));
    assert_eq!(of_text::peek(1).unwrap(), Some(1));
    lab.advance(Duration::from_secs(1));
    assert_eq!(of_text::peek(1).unwrap(), None);
    lab.advance(Duration::from_secs(365 * 24 * 60 * 60));
    assert_eq!(of_its_arguments::peek(true).unwrap(), Some(true));
}

#[cached(bypass = off, refresh = renew, skip(off, renew))]
async fn switched(n: u32, off: bool, renew: bool) -> u32 {
    n + RUNS.add()
}

#[tokio::test]
async fn bypass_touches_no_cache_and_refresh_runs_and_stores() {
    let _lab = larder::test::lab();
    RUNS.take();
    assert_eq!(switched(0, false, false).await, 1);
    assert_eq!(switched(0, true, false).await, 2);
    assert_eq!(switched(0, true, true).await, 3, "bypass outranks refresh");
    assert_eq!(switched(0, false, false).await, 1, "what is stored is untouched");
    assert_eq!(switched(0, false, true).await, 4);
    assert_eq!(switched(0, false, false).await, 4);
    assert_eq!(switched::stats().runs, 2);
}

struct Db(u32);

#[cached(tags = ["users", "team:{team}"], skip(db))]
async fn user(db: &Db, team: &str, id: u32) -> Result<String, String> {
    RUNS.add();
    if db.0 == 0 { Err("down".into()) } else { Ok(format!("{team} {id} {}", db.0)) }
}

#[tokio::test]
async fn companions_work_on_one_result_or_on_all_of_a_function() {
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let (one, two) = (Db(1), Db(2));
        assert_eq!(user::peek("a", 1).await.unwrap(), None, "{kind}");
        assert_eq!(user(&one, "a", 1).await, Ok("a 1 1".into()), "{kind}");
        assert_eq!(user(&two, "a", 1).await, Ok("a 1 1".into()), "{kind}: a skipped argument is no part of the key");
        assert_eq!(user::uncached(&two, "a", 1).await, Ok("a 1 2".into()), "{kind}");
        assert_eq!(user::peek("a", 1).await.unwrap().as_deref(), Some("a 1 1"), "{kind}");
        assert_eq!(user::refresh(&two, "a", 1).await, Ok("a 1 2".into()), "{kind}");
        assert_eq!(user::refresh(&Db(0), "a", 1).await, Err("down".into()), "{kind}");
        assert_eq!(user(&one, "a", 1).await, Ok("a 1 2".into()), "{kind}: an error leaves what was stored");
        user::prime("a", 1, "primed".to_owned()).await.unwrap();
        assert_eq!(user(&one, "a", 1).await, Ok("primed".into()), "{kind}");
        user::prime("a", 1, Ok("whole".to_owned())).await.unwrap();
        assert_eq!(user(&one, "a", 1).await, Ok("whole".into()), "{kind}");
        user(&one, "b", 2).await.unwrap();
        user::invalidate("a", 1).await.unwrap();
        assert_eq!(user::peek("a", 1).await.unwrap(), None, "{kind}");
        assert!(user::peek("b", 2).await.unwrap().is_some(), "{kind}");
        user::clear().await.unwrap();
        assert_eq!(user::peek("b", 2).await.unwrap(), None, "{kind}");
    }
}

#[cached(companions = "shouting")]
fn shout(word: &str) -> String {
    word.to_uppercase()
}

#[test]
fn companions_can_have_another_name() {
    let _lab = larder::test::lab();
    assert_eq!(shout("hey"), "HEY");
    assert_eq!(shouting::peek("hey").unwrap().as_deref(), Some("HEY"));
}

#[cached]
async fn not_send(n: u32) -> Result<u32, Box<dyn std::error::Error>> {
    RUNS.add();
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

#[tokio::test]
async fn a_future_stays_send_also_where_its_result_is_not() {
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    for kind in KINDS {
        let rig = rig(kind);
        let _lab = larder::test::lab_with(rig.cache.clone());
        let caller = async {
            let sum = not_send(1).await.unwrap_or(0);
            tokio::task::yield_now().await;
            sum
        };
        assert_eq!(assert_send(caller).await, 1, "{kind}");
        crate::support::eventually("the result is stored behind its caller", || {
            RUNS.take();
            larder::cache().stats().handlers[0].stats.stores == 1
        });
        assert_eq!(not_send(1).await.unwrap(), 1, "{kind}");
        assert_eq!(RUNS.take(), 0, "{kind}");
    }
}
