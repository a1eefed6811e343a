//! A const parameter tells instances apart, whatever its type.
#![deny(warnings)]

use larder::cached;

#[cached]
fn fill<const N: usize>(item: u8) -> Vec<u8> {
    vec![item; N]
}

#[cached]
fn flags<const LOUD: bool, const MARK: char>(text: &str) -> String {
    let text = if LOUD { text.to_uppercase() } else { text.to_owned() };
    format!("{text}{MARK}")
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((fill::<1>(7), fill::<2>(7), fill::<0>(7)), (vec![7], vec![7, 7], vec![]));
        assert_eq!((flags::<true, '!'>("a"), flags::<false, '!'>("a")), ("A!".into(), "a!".into()));
        assert_eq!(flags::<true, '?'>("a"), "A?");
    }
    assert_eq!((fill::stats().runs, flags::stats().runs), (3, 3));
}
