//! A lifetime that a `for<'a>` of the result binds is not borrowed from anything.
#![deny(warnings)]

use larder::cached;
use std::sync::Arc;

trait Reads<'a> {
    fn read(&self, text: &'a str) -> &'a str;
}

struct Trim;

impl<'a> Reads<'a> for Trim {
    fn read(&self, text: &'a str) -> &'a str {
        text.trim()
    }
}

#[cached]
fn reader(n: u64) -> Arc<dyn for<'a> Reads<'a> + Send + Sync> {
    let _ = n;
    Arc::new(Trim)
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((reader(1).read(" a "), reader(1).read("b ")), ("a", "b"));
    assert_eq!(reader::stats().runs, 1);
}
