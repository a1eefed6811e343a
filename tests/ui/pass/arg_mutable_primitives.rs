//! `&mut` numbers and texts are keyed by what they hold when the function is called, unless they are skipped.
#![deny(warnings)]

use larder::cached;

#[cached]
fn next(n: &mut u64) -> u64 {
    *n += 1;
    *n
}

#[cached]
fn both(n: &mut u64, text: &mut str, other: u8) -> String {
    text.make_ascii_uppercase();
    *n += 1;
    format!("{text}{n}{other}")
}

#[cached(skip(count))]
fn counted(n: u64, count: &mut u32) -> u64 {
    *count += 1;
    n
}

#[cached(companions = false, skip(count))]
fn counted_alone(text: &str, count: &mut u32) -> usize {
    *count += 1;
    text.len()
}

#[cached]
async fn later(n: &mut u32, by: u32) -> u32 {
    tokio::task::yield_now().await;
    *n += by;
    *n
}

#[cached(companions = false)]
fn pointed(mut n: &mut i8, to: i8) -> i8 {
    let mut own = *n;
    n = &mut own;
    *n += to;
    *n
}

async fn check() {
    let (mut one, mut count) = (1, 0);
    assert_eq!((next(&mut one), next(&mut one), next(&mut one)), (2, 3, 4));
    assert_eq!((next(&mut 1), next(&mut 3), next(&mut 4), one), (2, 4, 5, 4));
    let of = |n: u64, text: &str, other| both(&mut { n }, &mut text.to_owned(), other);
    for _ in 0..3 {
        assert_eq!((of(1, "a", 2), of(2, "a", 1), of(1, "b", 2)), ("A22".into(), "A31".into(), "B22".into()));
        assert_eq!((counted(1, &mut count), counted(2, &mut count)), (1, 2));
        assert_eq!((counted_alone("a", &mut count), counted_alone("ab", &mut count)), (1, 2));
        assert_eq!((later(&mut 1, 2).await, later(&mut 2, 1).await, later(&mut 2, 2).await), (3, 3, 4));
        assert_eq!((pointed(&mut 1, 2), pointed(&mut 2, 2)), (3, 4));
    }
    assert_eq!(count, 4);
    assert_eq!((next::stats().runs, next::stats().hits), (4, 2));
    assert_eq!((both::stats().runs, both::stats().hits), (3, 6));
    assert_eq!((later::stats().runs, later::stats().hits), (3, 6));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
