//! Macros of the user's that are called like those in generated code do not get in between.
#![deny(warnings)]
#![allow(unused_macros)]

macro_rules! format_args {
    ($($tokens:tt)*) => {
        compile_error!("the user's macro")
    };
}
macro_rules! submit {
    ($($tokens:tt)*) => {
        compile_error!("the user's macro")
    };
}
macro_rules! file {
    () => {
        compile_error!("the user's macro")
    };
}
macro_rules! line {
    () => {
        compile_error!("the user's macro")
    };
}
macro_rules! unimplemented {
    () => {
        compile_error!("the user's macro")
    };
}

use larder::cached;

#[cached(tags = ["t:{n}"], key = "{n}", ttl = 30)]
fn sync(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[cached]
async fn later(n: u64) -> u64 {
    n
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for n in [1, 1] {
        assert_eq!((sync(n), later(n).await), (Some(0), 1));
    }
    assert_eq!((sync::stats().runs, later::stats().runs), (1, 1));
}
