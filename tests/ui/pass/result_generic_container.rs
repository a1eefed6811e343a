//! A result that mentions a type parameter is kept for each type apart.
#![deny(warnings)]

use larder::cached;
use std::hash::Hash;
use std::sync::Arc;

#[cached]
fn repeat<T>(item: T, times: usize) -> Result<Arc<[T]>, String>
where
    T: Clone + Hash + Send + Sync + 'static,
{
    if times == 0 { Err("none".into()) } else { Ok(vec![item; times].into()) }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(*repeat(1u8, 2).unwrap(), [1u8, 1]);
        assert_eq!(*repeat(1u16, 2).unwrap(), [1u16, 1]);
        assert_eq!(repeat(1u8, 0), Err("none".into()));
    }
    assert_eq!((repeat::stats().runs, repeat::stats().hits), (4, 2));
    assert!(Arc::ptr_eq(&repeat(1u8, 2).unwrap(), &repeat::peek(1u8, 2).unwrap().unwrap()));
}
