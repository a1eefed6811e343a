//! `key` as an expression is recorded like an argument: what it leaves out tells nothing apart.
#![deny(warnings)]

use larder::cached;

#[cached(key = n % 10)]
fn digit(n: u64) -> u64 {
    n % 10
}

#[cached(key = (name.to_lowercase(), &tags[..]))]
fn folded(name: String, tags: Vec<u8>, rest: &str) -> String {
    format!("{name}{tags:?}{rest}")
}

#[cached(key = fingerprint(body))]
async fn called(body: &[u8]) -> usize {
    body.len()
}

fn fingerprint(body: &[u8]) -> u8 {
    body.iter().sum()
}

#[cached(key = "constant".len())]
fn one_for_all(n: u64) -> u64 {
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!((digit(13), digit(23), digit(14), digit::stats().runs), (3, 3, 4, 2));
    assert_eq!(
        (folded("Ab".into(), vec![1], "x"), folded("aB".into(), vec![1], "y")),
        ("Ab[1]x".into(), "Ab[1]x".into())
    );
    assert_eq!(folded("ab".into(), vec![2], "x"), "ab[2]x");
    assert_eq!((called(&[1, 2]).await, called(&[3]).await, called(&[4]).await), (2, 2, 1));
    assert_eq!((one_for_all(1), one_for_all(2), one_for_all::peek(3).unwrap()), (1, 1, Some(1)));
}
