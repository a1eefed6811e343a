//! A call whose argument cannot be serialized whole runs uncached, and is never taken for another.
#![deny(warnings)]

use larder::cached;
use serde::{Serialize, Serializer};

struct Odd(u8);

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 > 1 { Err(serde::ser::Error::custom("too much")) } else { serializer.serialize_u8(self.0) }
    }
}

#[cached]
fn value(odd: &Odd) -> u8 {
    odd.0
}

fn main() {
    let _lab = larder::test::lab();
    for n in [0, 1, 2, 3, 2] {
        assert_eq!((value(&Odd(n)), value(&Odd(n))), (n, n));
    }
    assert_eq!(value::stats().hits, 2);
}
