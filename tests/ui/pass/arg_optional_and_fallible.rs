//! `Option` and `Result` of anything are keyed by which they are and what is in them.
#![deny(warnings)]

use larder::cached;

#[cached]
fn total(slice: Option<&[u8]>, text: &Option<String>, result: Result<u8, &str>) -> usize {
    let text = text.as_deref().map_or(0, str::len);
    slice.map_or(0, <[u8]>::len) + text + result.map_or_else(str::len, usize::from)
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((total(None, &None, Ok(0)), total(Some(&[]), &None, Ok(0))), (0, 0));
        assert_eq!((total(None, &Some(String::new()), Ok(0)), total(None, &None, Err(""))), (0, 0));
        assert_eq!((total(None, &None, Ok(1)), total(None, &None, Err("a"))), (1, 1));
    }
    assert_eq!((total::stats().runs, total::stats().hits), (6, 6));
}
