//! Floats are keyed by their bits: `0.0` and `-0.0` are two keys, and a NaN is found again.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sign(value: f64) -> f64 {
    1f64.copysign(value)
}

#[cached]
fn mean(values: &[f32], or: Option<f32>) -> f32 {
    if values.is_empty() { or.unwrap_or(f32::NAN) } else { values.iter().sum::<f32>() / values.len() as f32 }
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sign(0.0), sign(-0.0), sign(f64::NAN), sign(f64::INFINITY)), (1.0, -1.0, 1.0, 1.0));
        assert_eq!((mean(&[1.0, 2.0], None), mean(&[2.0, 1.0], None), mean(&[], Some(0.5))), (1.5, 1.5, 0.5));
    }
    assert_eq!((sign::stats().runs, sign::stats().hits), (4, 4));
    assert_eq!((mean::stats().runs, mean::stats().hits), (3, 3));
}
