//! Parameters that no argument tells are written at the operations, as at the function.
#![deny(warnings)]

use larder::cached;

#[cached]
fn size<T: 'static, const N: usize>() -> usize {
    size_of::<T>() * N
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((size::<u8, 2>(), size::<u16, 2>(), size::<u8, 3>()), (2, 4, 3));
    size::invalidate::<u16, 2>().unwrap();
    assert_eq!((size::peek::<u8, 2>().unwrap(), size::peek::<u16, 2>().unwrap()), (Some(2), None));
    size::prime::<u16, 2, _>(40).unwrap();
    assert_eq!((size::<u16, 2>(), size::uncached::<u16, 2>(), size::refresh::<u16, 2>()), (40, 4, 4));
    assert_eq!(size::<u16, 2>(), 4);
    size::clear().unwrap();
    assert_eq!(size::peek::<u8, 3>().unwrap(), None);
    assert_eq!(size::stats().hits, 2);
}
