//! What a backend keeps for a thread, where a hit finds it by one look: nothing while the next call is not one like most.

use std::cell::Cell;

thread_local! {
    /// What is to be found. Neither this nor the other has a destructor, so asking for them is one instruction.
    static SHOWN: Cell<*mut ()> = const { Cell::new(std::ptr::null_mut()) };
    static KEPT: Cell<*mut ()> = const { Cell::new(std::ptr::null_mut()) };
}

/// What a backend has left for this thread; null if it left nothing, for as long as a companion (`refresh`, `uncached`) is
/// about to call its function on this thread, and while a test has a cache of its own: what is kept for all others is not for
/// it, and whoever is outside of it finds nothing.
#[inline]
#[must_use]
pub fn of_thread() -> *mut () {
    #[cfg(feature = "test")]
    if crate::lab::any() {
        return std::ptr::null_mut();
    }
    SHOWN.get()
}

/// Leaves `pointer` for this thread. It is for one backend, and for the process's lifetime.
pub fn set_of_thread(pointer: *mut ()) {
    KEPT.set(pointer);
    show(super::plan::is_next_plain());
}

/// Lets what was left be found, or not.
pub(super) fn show(shown: bool) {
    SHOWN.set(if shown { KEPT.get() } else { std::ptr::null_mut() });
}
