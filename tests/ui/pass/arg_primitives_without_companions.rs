//! Primitive arguments of every form, sync and async, without companions: equal ones share, others do not.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

fn ran<T>(result: T) -> T {
    RUNS.fetch_add(1, SeqCst);
    result
}

#[cached(companions = false)]
fn none() -> u8 {
    ran(1)
}

#[cached(companions = false)]
fn float(value: f64) -> u64 {
    ran(value.to_bits())
}

#[cached(companions = false)]
fn letter(letter: char, upper: bool) -> char {
    ran(if upper { letter.to_ascii_uppercase() } else { letter })
}

#[cached(companions = false)]
fn changed(mut n: u64, mut text: &str) -> String {
    n += 1;
    text = text.trim();
    ran(format!("{text}{n}"))
}

#[cached(companions = false)]
fn patterns(&a: &u8, b: u8, (c, _): (u8, u8), _: u8) -> u32 {
    ran(u32::from(a) * 100 + u32::from(b) * 10 + u32::from(c))
}

#[cached(companions = false)]
fn deep<'a, 'b: 'a>(one: &'a str, two: &&'b str, three: &&&u8) -> String {
    ran(format!("{one}{two}{three}"))
}

#[cached(companions = false, skip(client))]
fn skipped(client: &str, n: u64, text: &str) -> String {
    ran(format!("{client}{n}{text}"))
}

#[cached(companions = false)]
async fn later(n: u64, text: &str) -> String {
    tokio::task::yield_now().await;
    ran(format!("{text}{n}"))
}

#[cached(companions = false)]
async fn number(mut n: u32) -> u32 {
    tokio::task::yield_now().await;
    n += 1;
    ran(n)
}

#[cached(companions = false)]
fn boxed(n: u64) -> std::pin::Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { ran(n + 1) })
}

#[cached(companions = false)]
fn fails(n: u64) -> Result<u64, String> {
    if ran(n) == 0 { Err("zero".into()) } else { Ok(n) }
}

#[cached(companions = false)]
fn missing(text: &str) -> Option<usize> {
    ran(text.find('x'))
}

async fn check() {
    for _ in 0..3 {
        assert_eq!(none(), 1);
        assert_eq!((float(0.0), float(-0.0), float(f64::NAN)), (0, 1 << 63, f64::NAN.to_bits()));
        assert_eq!((letter('x', true), letter('x', false), letter('y', true)), ('X', 'x', 'Y'));
        assert_eq!((changed(1, "a"), changed(1, " a"), changed(11, "")), ("a2".into(), "a2".into(), "12".into()));
        assert_eq!(
            (patterns(&1, 2, (3, 0), 0), patterns(&1, 2, (3, 1), 0), patterns(&1, 2, (3, 0), 1)),
            (123, 123, 123)
        );
        assert_eq!((deep("ab", &"c", &&&1), deep("a", &"bc", &&&1)), ("abc1".into(), "abc1".into()));
        assert_eq!(
            (skipped("x", 1, "a"), skipped("y", 1, "a"), skipped("z", 1, "")),
            ("x1a".into(), "x1a".into(), "z1".into())
        );
        assert_eq!(
            (later(1, "a").await, later(1, "").await, later(11, "").await),
            ("a1".into(), "1".into(), "11".into())
        );
        assert_eq!((number(1).await, number(2).await, boxed(1).await, boxed(2).await), (2, 3, 2, 3));
        assert_eq!((fails(1), missing("ax")), (Ok(1), Some(1)));
    }
    assert_eq!(RUNS.swap(0, SeqCst), 1 + 3 + 3 + 3 + 3 + 2 + 2 + 3 + 4 + 2);
    for _ in 0..3 {
        assert_eq!((fails(0), missing("a")), (Err("zero".into()), None), "these are not stored");
    }
    assert_eq!(RUNS.swap(0, SeqCst), 6);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
