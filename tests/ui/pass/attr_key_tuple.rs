//! Each part of a tuple in `key` is recorded the best way that its own type has, in tuples inside of it too.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct OnlyHash(u8);

#[derive(serde::Serialize)]
struct OnlySerde(f32);

#[cached(key = (ratio, (&hash.0, hash), serde))]
fn mixed(ratio: f64, hash: &OnlyHash, serde: &OnlySerde) -> String {
    format!("{ratio}{}{}", hash.0, serde.0)
}

#[cached(key = ())]
fn one_for_all(n: u64) -> u64 {
    n
}

#[cached(key = (a.len(), b))]
fn of_both(a: String, b: Vec<String>) -> usize {
    a.len() + b.len()
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(mixed(0.5, &OnlyHash(1), &OnlySerde(1.5)), "0.511.5");
    assert_eq!(mixed(0.5, &OnlyHash(2), &OnlySerde(1.5)), "0.521.5");
    assert_eq!(mixed(-0.0, &OnlyHash(1), &OnlySerde(1.5)), "-011.5");
    assert_eq!(mixed(0.0, &OnlyHash(1), &OnlySerde(1.5)), "011.5");
    assert_eq!(mixed(0.5, &OnlyHash(1), &OnlySerde(1.25)), "0.511.25");
    assert_eq!((mixed::stats().runs, mixed::stats().hits), (5, 0));
    assert_eq!((one_for_all(1), one_for_all(2)), (1, 1));
    assert_eq!((of_both("ab".into(), vec![]), of_both("cd".into(), vec![]), of_both::stats().runs), (2, 2, 1));
}
