//! A type of the user's that is called `Option` or `Result` is stored whole; the operations need an alias to tell it
//! by.
#![deny(warnings)]

use larder::cached;

#[derive(Clone, Debug, PartialEq)]
enum Option<T> {
    Nothing,
    Just(T),
}

#[derive(Clone, Debug, PartialEq)]
struct Result<T>(T, u8);

type Answer = Result<u8>;

#[cached(companions = false)]
fn option(n: u8) -> Option<u8> {
    if n == 0 { Option::Nothing } else { Option::Just(n) }
}

#[cached]
async fn result(n: u8) -> Answer {
    Result(n, 1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((option(0), option(1), result(1).await), (Option::Nothing, Option::Just(1), Result(1, 1)));
    }
    assert_eq!(lab.cache().stats().functions.iter().map(|row| row.stats.runs).sum::<u64>(), 3);
    assert_eq!(result::peek(1).await.unwrap(), Some(Result(1, 1)));
}
