//! `io::Result`: what was read is stored, an error is not.
#![deny(warnings)]

use larder::cached;
use std::io;

#[cached]
fn read(text: &str) -> io::Result<Vec<u8>> {
    if text.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(text.as_bytes().to_vec()) }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((read("a").unwrap(), read("").unwrap_err().kind()), (vec![b'a'], io::ErrorKind::NotFound));
    }
    assert_eq!((read::stats().runs, read::stats().hits), (3, 1));
    assert_eq!(read::peek("a").unwrap(), Some(vec![b'a']));
}
