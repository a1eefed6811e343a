//! A type parameter that neither arguments nor result mention tells instances apart.
#![deny(warnings)]

use larder::cached;

#[cached]
fn width<T>(times: usize) -> usize {
    times * size_of::<T>()
}

#[cached]
async fn name<T: ?Sized>() -> &'static str {
    std::any::type_name::<T>()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((width::<u8>(2), width::<u16>(2), width::<i16>(2)), (2, 4, 4));
        assert_eq!((name::<u8>().await, name::<str>().await, name::<&str>().await), ("u8", "str", "&str"));
    }
    assert_eq!((width::stats().runs, name::stats().runs), (3, 3));
}
