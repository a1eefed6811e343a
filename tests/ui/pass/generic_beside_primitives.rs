//! Instances of generic code never share where all of their arguments are numbers and texts, whatever their results are.
#![deny(warnings)]

use larder::cached;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

fn ran<T>(result: T) -> T {
    RUNS.fetch_add(1, SeqCst);
    result
}

#[cached]
fn beside<T: Hash + Debug>(value: T, n: u64) -> String {
    ran(format!("{value:?}{n}{}", size_of::<T>()))
}

#[cached]
fn with_companions<const N: u64>(n: u64) -> u64 {
    ran(N * 10 + n)
}

#[cached(companions = false)]
fn without<const N: u64>(n: u64) -> u64 {
    ran(N * 10 + n)
}

#[cached(companions = false)]
fn only_in_the_result<T: From<u8> + Clone + Send + Sync + 'static>(n: u8, _text: &str) -> Vec<T> {
    ran(vec![T::from(n)])
}

#[cached(companions = false)]
async fn later<T: Default + Debug>(n: u64, text: &str) -> String {
    tokio::task::yield_now().await;
    ran(format!("{:?}{n}{text}", T::default()))
}

struct Of<T>(std::marker::PhantomData<T>);

impl<T: Default + Debug> Of<T> {
    #[cached(companions = false)]
    fn shown(text: &str, n: u8) -> String {
        ran(format!("{:?}{text}{n}", T::default()))
    }

    #[cached(skip(self))]
    fn by_method(&self, n: u64) -> String {
        ran(format!("{:?}{n}", T::default()))
    }
}

trait Named {
    const NAME: &'static str;

    #[cached(skip(self))]
    fn named(&self, n: u64) -> String {
        ran(format!("{}{n}", Self::NAME))
    }

    fn of_the_impl(text: &str) -> String;
}

impl Named for u8 {
    const NAME: &'static str = "u8";

    #[cached]
    fn of_the_impl(text: &str) -> String {
        ran(format!("u8 {text}"))
    }
}

impl Named for u16 {
    const NAME: &'static str = "u16";

    #[cached]
    fn of_the_impl(text: &str) -> String {
        ran(format!("u16 {text}"))
    }
}

async fn check() {
    for _ in 0..3 {
        assert_eq!((beside(1u8, 2), beside(1u16, 2), beside(2u8, 1)), ("121".into(), "122".into(), "211".into()));
        assert_eq!((with_companions::<1>(2), with_companions::<2>(1), with_companions::<2>(2)), (12, 21, 22));
        assert_eq!((without::<1>(2), without::<2>(1), without::<2>(2)), (12, 21, 22));
        assert_eq!((only_in_the_result::<u8>(1, ""), only_in_the_result::<u16>(1, "")), (vec![1], vec![1]));
        assert_eq!((later::<u8>(1, "a").await, later::<bool>(1, "a").await), ("01a".into(), "false1a".into()));
        assert_eq!((Of::<u8>::shown("a", 1), Of::<bool>::shown("a", 1)), ("0a1".into(), "falsea1".into()));
        assert_eq!(
            (Of::<u8>(Default::default()).by_method(1), Of::<bool>(Default::default()).by_method(1)),
            ("01".into(), "false1".into())
        );
        assert_eq!((1u8.named(1), 2u8.named(1), 1u16.named(1)), ("u81".into(), "u81".into(), "u161".into()));
        assert_eq!((u8::of_the_impl("a"), u16::of_the_impl("a")), ("u8 a".into(), "u16 a".into()));
    }
    assert_eq!(RUNS.swap(0, SeqCst), 3 + 3 + 3 + 2 + 2 + 2 + 2 + 2 + 2);
    assert_eq!((beside::stats().hits, with_companions::stats().hits), (6, 6));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
