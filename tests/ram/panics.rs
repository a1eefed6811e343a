//! Code of the user's that panics: the store is usable, others are answered, and nothing is kept for ever.

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use larder::{Ram, cached};

use crate::eventually;
use crate::support::{Counted, alive, ends, entries, install_shown};

static COPIES: AtomicBool = AtomicBool::new(false);
static DROPS: AtomicBool = AtomicBool::new(false);
static HASHES: AtomicBool = AtomicBool::new(false);
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A value that panics when it is copied, or dropped, while that is switched on.
#[derive(Debug)]
struct Fragile(Counted);

impl Fragile {
    fn new(n: u64) -> Self {
        Self(Counted::new(n))
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(!COPIES.load(SeqCst), "a copy that panics");
        Self(self.0.clone())
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if DROPS.load(SeqCst) && !std::thread::panicking() {
            DROPPED.fetch_add(1, SeqCst);
            panic!("a drop that panics");
        }
    }
}

#[cached(key = "{n}")]
fn fragile(n: u64) -> Fragile {
    Fragile::new(n)
}

#[cached(ttl = "30ms")]
fn soon_over(n: u64) -> Fragile {
    Fragile::new(n)
}

#[cached]
fn solid(n: u64) -> u64 {
    n
}

/// An argument that panics when it is hashed, while that is switched on, and whenever it is compared.
#[derive(Clone, Debug)]
struct Argument(u64);

impl Hash for Argument {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
        assert!(!HASHES.load(SeqCst), "a hash that panics");
    }
}

impl PartialEq for Argument {
    fn eq(&self, _: &Self) -> bool {
        panic!("nobody has to compare arguments");
    }
}

impl Eq for Argument {}

#[cached]
fn of_argument(argument: Argument) -> Counted {
    Counted::new(argument.0)
}

/// Whether `run` panics, quietly, while `switch` is on.
fn panics(switch: &AtomicBool, run: impl FnOnce()) -> bool {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    switch.store(true, SeqCst);
    let panicked = catch_unwind(AssertUnwindSafe(run)).is_err();
    switch.store(false, SeqCst);
    std::panic::set_hook(hook);
    panicked
}

/// Every function answers, from several threads, and all that is stored can be dropped.
fn the_store_is_usable() {
    ends(|| {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for n in 0..300 {
                        assert_eq!((fragile(n).0.0, solid(n), of_argument(Argument(n)).0), (n, n, n));
                    }
                });
            }
        });
        larder::cache().blocking().clear().unwrap();
    });
    eventually("all values are dropped", || alive() == 0);
    assert_eq!(entries(), 0);
}

#[test]
fn a_copy_that_panics_at_a_hit_takes_nothing_with_it() {
    install_shown(Ram::builder());
    (0..20).for_each(|n| drop(fragile(n)));
    for n in 0..20 {
        assert!(panics(&COPIES, || drop(fragile(n))));
    }
    // It is there still.
    let runs = fragile::stats().runs;
    (0..20).for_each(|n| assert_eq!(fragile(n).0.0, n));
    assert_eq!(fragile::stats().runs, runs);
    the_store_is_usable();
}

#[test]
fn a_copy_that_panics_when_it_is_stored_leaves_its_key_to_others() {
    install_shown(Ram::builder());
    for n in 0..20 {
        panics(&COPIES, || drop(fragile(n)));
        assert_eq!(ends(move || fragile(n).0.0), n);
    }
    assert!(panics(&COPIES, || drop(fragile::refresh(1))) || fragile(1).0.0 == 1);
    let _ = panics(&COPIES, || drop(fragile::prime(1, Fragile::new(1))));
    the_store_is_usable();
}

#[test]
fn a_drop_that_panics_where_another_makes_room_is_not_the_callers() {
    install_shown(Ram::builder().threshold(10));
    (0..10).for_each(|n| drop(fragile(n)));
    // More than wait for each other to be freed.
    let panicked = panics(&DROPS, || (0..1_000).for_each(|n| assert_eq!(solid(n), n)));
    assert!(!panicked && DROPPED.load(SeqCst) > 0 && entries() == 10);
    the_store_is_usable();
}

#[test]
fn drops_and_copies_that_panic_while_shards_grow_take_nothing_with_them() {
    install_shown(Ram::builder().threshold(10_000));
    for n in 0..4_000 {
        let switch = [&COPIES, &DROPS][n as usize % 2];
        if n % 5 == 0 {
            panics(switch, || drop(fragile(n)));
            panics(switch, || drop(fragile::invalidate(n)));
        } else {
            assert_eq!(fragile(n).0.0, n);
        }
    }
    let runs = fragile::stats().runs;
    (0..4_000).filter(|n| n % 5 != 0).for_each(|n| assert_eq!(fragile(n).0.0, n));
    assert_eq!(fragile::stats().runs, runs, "what was stored is there");
    the_store_is_usable();
}

#[test]
fn a_drop_that_panics_does_not_stop_a_clear() {
    install_shown(Ram::builder().threshold(5_000));
    let cache = larder::cache().blocking();
    let clears: [&dyn Fn() -> larder::Result<()>; 3] =
        [&|| cache.clear(), &|| cache.clear_matching("*fragile*"), &|| {
            fragile::clear()?;
            cache.clear()
        }];
    for (round, clear) in (1..).zip(clears) {
        (0..1_000).for_each(|n| drop(fragile(n)));
        let panicked = panics(&DROPS, || {
            clear().unwrap();
            assert_eq!(entries(), 0, "way {round}");
            // Those of a cleared function may have been in the hands of the thread that tidies.
            eventually("all are dropped", || DROPPED.load(SeqCst) == round * 1_000);
        });
        assert!(!panicked, "way {round}");
    }
    the_store_is_usable();
}

#[test]
fn a_drop_that_panics_on_the_thread_that_tidies_does_not_end_it() {
    install_shown(Ram::builder());
    (0..50).for_each(|n| drop(soon_over(n)));
    assert!(!panics(&DROPS, || eventually("all are dropped", || DROPPED.load(SeqCst) == 50)));
    (0..50).for_each(|n| drop(soon_over(n)));
    eventually("what comes later is dropped too", || alive() == 0 && entries() == 0);
    the_store_is_usable();
}

#[test]
fn a_hash_that_panics_is_the_callers_and_arguments_are_never_compared() {
    install_shown(Ram::builder());
    for n in 0..20 {
        assert_eq!(of_argument(Argument(n)).0, n);
        assert!(panics(&HASHES, || drop(of_argument(Argument(n)))));
        assert!(panics(&HASHES, || drop(of_argument::invalidate(Argument(n)))));
    }
    let runs = of_argument::stats().runs;
    (0..20).for_each(|n| assert_eq!(of_argument(Argument(n)).0, n));
    assert_eq!((of_argument::stats().runs, runs), (20, 20));
    the_store_is_usable();
}
