//! The types of a generic impl never share, not even where neither an argument nor the result mentions them.
#![deny(warnings)]

use larder::cached;
use std::marker::PhantomData;

struct Client<T>(PhantomData<T>);

impl<T> Client<T> {
    #[cached(companions, skip(self))]
    fn kind(&self, n: usize) -> (usize, usize) {
        (size_of::<T>(), n)
    }
}

fn main() {
    let _lab = larder::test::lab();
    let (byte, word) = (Client(PhantomData::<u8>), Client(PhantomData::<u32>));
    assert_eq!((byte.kind(1), word.kind(1), byte.kind(1)), ((1, 1), (4, 1), (1, 1)));
    Client::<u8>::kind_invalidate(1).unwrap();
    assert_eq!(Client::<u8>::kind_peek(1).unwrap(), None);
    assert_eq!(Client::<u32>::kind_peek(1).unwrap(), Some((4, 1)));
    assert_eq!((Client::<u8>::kind_stats().runs, Client::<u8>::kind_stats().hits), (2, 1));
}
