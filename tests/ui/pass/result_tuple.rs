//! A tuple is one result, whatever is in it.
#![deny(warnings)]

use larder::cached;

#[cached]
fn parts(text: &str) -> (String, Option<usize>, Result<u8, ()>) {
    (text.to_uppercase(), text.find('x'), text.parse().map_err(drop))
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(parts("ax"), ("AX".into(), Some(1), Err(())));
        assert_eq!(parts("7"), ("7".into(), None, Ok(7)));
    }
    assert_eq!((parts::stats().runs, parts::stats().hits), (2, 2));
    assert_eq!(parts::peek("7").unwrap(), Some(("7".into(), None, Ok(7))));
}
