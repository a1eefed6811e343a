//! Removals on the handler in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use larder::{Cache, Clock, Env, IntoHandler, cached};

use crate::late::{Handle, Late};

#[cached(name = "review::nothing")]
fn nothing(n: u32) -> Option<u32> {
    (n == u32::MAX).then_some(n)
}

#[cached(name = "review::busy")]
fn busy(n: u32) -> u32 {
    for n in 0..1_000 {
        nothing(n);
    }
    n
}

#[test]
fn results_that_are_not_stored_do_not_keep_others_from_being_stored() {
    let cache = Cache::builder().handler("ram", larder::Ram::builder()).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    busy(1);
    assert_eq!(busy::peek(1).unwrap(), Some(1));
}

static GIVES: AtomicBool = AtomicBool::new(true);

#[cached(name = "review::gone", ttl = 300)]
fn gone(_n: u32) -> Option<u32> {
    GIVES.load(Ordering::SeqCst).then_some(1)
}

#[test]
fn a_result_that_is_not_stored_removes_what_was_primed_among_many_writers() {
    let env = Env { clock: Clock::system() };
    let ram = larder::Ram::builder().open(&env).unwrap();
    let late = Late::over(Arc::clone(ram.backend()));
    let cache = Cache::builder().handler("ram", Handle(late.clone())).build().unwrap();
    let _lab = larder::test::lab_with(cache);
    late.refused.store(3, Ordering::SeqCst);
    gone::prime(1, 7).unwrap();
    assert_eq!(gone::peek(1).unwrap(), Some(7));
    GIVES.store(false, Ordering::SeqCst);
    gone::refresh(1);
    assert_eq!(gone::peek(1).unwrap(), None);
}
