//! `#[cached]`, `#[cached()]` and `#[larder::cached]` are the same.
#![deny(warnings)]

use larder::cached;

#[cached]
fn bare(n: u64) -> u64 {
    n
}

#[cached()]
fn empty(n: u64) -> u64 {
    n
}

#[larder::cached]
fn by_path(n: u64) -> u64 {
    n
}

#[::larder::cached()]
fn by_global_path(n: u64) -> u64 {
    n
}

fn main() {
    let _lab = larder::test::lab();
    let all = [bare, empty, by_path, by_global_path];
    assert_eq!((all.map(|function| function(1)), all.map(|function| function(1))), ([1; 4], [1; 4]));
    let stats = [bare::stats(), empty::stats(), by_path::stats(), by_global_path::stats()];
    assert_eq!(stats.map(|stats| (stats.runs, stats.hits)), [(1, 1); 4]);
}
