//! A `T` that is declared to be `Serialize` and not `Hash` is recorded through serde.
#![deny(warnings)]

use larder::cached;
use serde::Serialize;

#[cached]
fn bytes<T: Serialize>(value: &T) -> usize {
    let _ = value;
    size_of::<T>()
}

#[derive(Serialize)]
struct Reading {
    celsius: f64,
    place: Option<String>,
}

fn main() {
    let _lab = larder::test::lab();
    let reading = |celsius, place: Option<&str>| Reading { celsius, place: place.map(str::to_owned) };
    for _ in 0..2 {
        assert_eq!((bytes(&1.5f64), bytes(&1.5f32), bytes(&2.5f64)), (8, 4, 8));
        assert_eq!((bytes(&reading(1.0, None)), bytes(&reading(1.0, Some("")))), (32, 32));
    }
    assert_eq!((bytes::stats().runs, bytes::stats().hits), (5, 5));
}
