//! A trait of the user's that all types have, with methods of every name that generated code calls, does not get in between.
#![deny(warnings)]

use larder::cached;

/// By reference and by value: whichever is looked for, it is found first.
#[allow(dead_code)]
trait Everywhere: Sized {
    fn argument(&self) {}
    fn display(&self) {}
    fn record(&self) {}
    fn outcome(&self) {}
    fn codec(&self) {}
    fn share(&self) {}
    fn call_async(&self) {}
    fn kept(self) {}
    fn object(self) {}
    fn how(self) {}
    fn require_bytes(self) {}
    fn not_shared(self) {}
    fn policy(&self) {}
    fn instance(&self) {}
    fn tag(&self) {}
    fn bypass(&self) {}
    fn refresh(&self) {}
    fn ttl(&self) {}
}

impl<T> Everywhere for T {}

#[cached(key = "{n}", tags = ["{n}"], bypass = n == 5, refresh = false, ttl = n, cache_if = |v| *v > 0)]
fn template(n: u64) -> u64 {
    n
}

#[cached]
fn plain(n: u64, name: &str, pair: (u8, u8)) -> Option<&'static str> {
    (n > 0 && name.is_empty() && pair.0 == 0).then_some("found")
}

#[cached(handler = "disk", companions = false)]
async fn bytes<E: Clone + std::fmt::Debug>(n: u64) -> Result<String, E> {
    Ok(n.to_string())
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((template(3), template(3), template::stats().runs), (3, 3, 1));
    assert_eq!((plain(1, "", (0, 0)), plain::peek(1, "", (0, 0)).unwrap()), (Some("found"), Some("found")));
    assert_eq!(block_on(bytes::<String>(1)), Ok("1".to_owned()));
}

fn block_on<F: std::future::Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
