//! A function of a generic impl is another one for each type, though its arguments do not mention the type.
#![deny(warnings)]

use larder::cached;
use std::marker::PhantomData;

struct Size<T>(PhantomData<T>);

impl<T> Size<T> {
    #[cached(companions)]
    fn times(n: usize) -> usize {
        n * size_of::<T>()
    }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((Size::<u8>::times(3), Size::<u32>::times(3), Size::<[u8; 4]>::times(3)), (3, 12, 12));
    }
    assert_eq!((Size::<u8>::times_stats().runs, Size::<u8>::times_stats().hits), (3, 3));
}
