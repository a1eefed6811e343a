//! Bounds between lifetimes hold in what is generated beside the function.
#![deny(warnings)]

use larder::cached;

trait Reads<'r> {
    fn read(&self) -> &'r str;
}

struct Text<'t>(&'t str);

impl<'t> Reads<'t> for Text<'t> {
    fn read(&self) -> &'t str {
        self.0
    }
}

#[cached(skip(db))]
fn skipped_one<'db, 'n: 'db>(db: &'db str, name: &'n str) -> usize {
    db.len() + name.len()
}

#[cached(skip(db))]
fn in_a_chain<'a, 'b: 'a, 'c: 'b, D: Reads<'a>>(db: D, b: &'b str, c: &'c str) -> usize {
    db.read().len() + b.len() + c.len()
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((skipped_one("a", "bc"), skipped_one("", "bc")), (3, 3));
    assert_eq!((in_a_chain(Text("a"), "b", "cd"), in_a_chain(Text(""), "b", "cd")), (4, 4));
    assert_eq!(skipped_one::stats().runs, 1);
}
