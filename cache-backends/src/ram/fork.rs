//! A child of `fork(2)`: it has the memory of its parent and none of its other threads.
//!
//! All locks of all stores are held while the process forks, so that what is behind them is whole in the child too. There
//! the time is written by nobody until a hit asks for it, and no thread but one is inside of the table.

#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "there are no forks"))]
#![allow(
    unsafe_code,
    reason = "a call of the C library, and locks that are let go by another function than they were taken by"
)]

use std::sync::{Arc, Once, Weak};

use cache_core::Clock;
use cache_core::key::Secret;

use super::keeper::KEEPER;
use super::lock::Mutex;
use super::moment::MOMENT;
use super::store::Store;
use super::{kind, pool, reader, settle};

/// The stores whose locks are held, between `before` and `after`.
static HELD: Mutex<Vec<Arc<Store>>> = Mutex::new(Vec::new());

/// Prepares for forks. Called before there is a store.
pub(crate) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // What is made when it is asked for first: in a child, another thread might be making it for ever.
        let _ = (Clock::system().now(), kind::whole(), Secret::of_process());
        #[cfg(unix)]
        // SAFETY: the functions are there for as long as the process is, and take no arguments.
        let refused = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after_in_child)) };
        #[cfg(unix)]
        if refused == 0 {
            cache_core::fork::will_be_told();
        }
    });
}

#[cfg(unix)]
extern "C" fn before() {
    // In the order in which they are taken elsewhere.
    cache_core::fork::hold();
    settle::hold();
    KEEPER.hold();
    HELD.hold();
    // SAFETY: these two were locked just now.
    unsafe {
        if let (Some(keeper), Some(held)) = (KEEPER.held(), HELD.held()) {
            held.extend(keeper.stores.iter().filter_map(Weak::upgrade));
            held.iter().for_each(|store| store.hold());
        }
    }
    pool::hold();
    kind::hold();
    reader::hold();
}

#[cfg(unix)]
extern "C" fn after() {
    // SAFETY: all of these were locked by `before`, on this thread, which has let none of them go.
    let stores = unsafe {
        reader::let_go();
        kind::let_go();
        pool::let_go();
        let stores = HELD.held().map(std::mem::take).unwrap_or_default();
        stores.iter().for_each(|store| store.let_go());
        HELD.let_go();
        KEEPER.let_go();
        settle::let_go();
        stores
    };
    cache_core::fork::let_go();
    // The last of a store may be here, and dropping its values calls code of the user's.
    drop(stores);
}

#[cfg(unix)]
extern "C" fn after_in_child() {
    cache_core::fork::became_child();
    MOMENT.stop();
    reader::only_this_thread();
    // SAFETY: `before` has locked it, on this thread.
    if let Some(keeper) = unsafe { KEEPER.held() } {
        keeper.thread = None;
    }
    // SAFETY: as above.
    if let Some(held) = unsafe { HELD.held() } {
        // SAFETY: `before` has locked these too.
        held.iter().for_each(|store| unsafe { store.partitions.recount() });
    }
    after();
}
