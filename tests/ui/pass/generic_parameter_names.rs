//! Parameters may be called as generated code might call its own, and like the function.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use larder::cached;
use std::hash::Hash;

#[cached]
fn names<R: Hash, V: Hash, F: Hash, Fut: Hash, M: Hash, const N: usize>(r: R, v: V, f: F, fut: Fut, m: M) -> usize {
    let _ = (r, v, f, fut, m);
    N + size_of::<(R, V, F, Fut, M)>()
}

#[cached]
fn shared<T: Hash + Clone + Send + Sync + 'static, E: Clone + Send + Sync + 'static + Default>(t: T) -> Result<T, E> {
    if size_of::<T>() == 0 { Err(E::default()) } else { Ok(t) }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (names::<_, _, _, _, _, 1>(1u8, 1u8, 1u8, 1u8, 1u8), names::<_, _, _, _, _, 2>(1u8, 1u8, 1u8, 1u8, 1u8)),
            (6, 7)
        );
        assert_eq!((shared::<_, u8>(1u8), shared::<_, u16>(1u8), shared::<_, u8>(())), (Ok(1), Ok(1), Err(0)));
    }
    assert_eq!((names::stats().runs, shared::stats().runs), (2, 4));
    shared::prime::<_, u8, _>(2u8, 20).unwrap();
    assert_eq!((shared::<_, u8>(2u8), shared::<_, u16>(2u8)), (Ok(20), Ok(2)));
}
