//! Invalidations that entries were written over.

use std::pin::pin;
use std::time::Duration;

use cache_core::Memory;
use larder::{Cache, Clock};

use crate::late::{Gate, expect, now, poll};

#[test]
fn an_invalidation_is_remembered_under_an_entry_that_lives_long_and_then_a_short_one() {
    let clock = Clock::standing();
    let cache = Cache::builder().clock(clock.clone()).handler("memory", Memory::new(clock.clone())).build().unwrap();
    let gate = Gate::default();
    gate.shut();
    let held = gate.clone();
    let mut old = pin!(cache.get_or_set_with("k", 300, async || {
        held.passed().await;
        "read before the invalidation".to_owned()
    }));
    assert!(poll(old.as_mut()).is_pending());
    now(cache.remove("k")).unwrap();
    now(cache.get_or_set_with("k", 24 * 60 * 60, async || "long".to_owned())).unwrap();
    now(cache.set("k", "short".to_owned(), 1)).unwrap();
    clock.advance(Duration::from_secs(2));
    assert_eq!(now(cache.get::<String>("k")).unwrap(), None);
    gate.open();
    expect(poll(old.as_mut())).unwrap();
    assert_eq!(now(cache.get::<String>("k")).unwrap(), None);
}
