//! The fence between those who read the table and those who free what was taken out of it, with all of its price on the
//! side that is seldom.
//!
//! A reader says "I am inside", then reads. Whoever frees takes a node out, then asks who is inside. Each needs its store
//! to come before its load, which a processor does not promise. Two full fences would do; one costs a reader as much as
//! all the rest of a hit. Linux has a system call that makes every thread of the process pass through a fence
//! (`membarrier(2)`), so there the reader needs to hold back the compiler only. Elsewhere both fence.

use std::sync::atomic::{AtomicBool, Ordering, compiler_fence};

use super::sync::fence;

/// Whether readers rely on `heavy` alone. Set once, before there is anything to read, and never unset.
static ASYMMETRIC: AtomicBool = AtomicBool::new(false);

/// Finds out what this machine can do. Called before a table exists.
pub(super) fn prepare() {
    if membarrier::register() {
        ASYMMETRIC.store(true, Ordering::SeqCst);
    }
}

/// Whether readers need no fence.
pub(super) fn is_asymmetric() -> bool {
    ASYMMETRIC.load(Ordering::SeqCst)
}

/// Between a reader's store and its loads.
pub(super) fn light() {
    if is_asymmetric() {
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// Between the store of whoever frees and its loads. Gives whether it worked; where it did not, nothing may be freed.
pub(super) fn heavy() -> bool {
    fence(Ordering::SeqCst);
    // In a child of a fork the process may have to say again that it wants this.
    !ASYMMETRIC.load(Ordering::SeqCst) || membarrier::run() || (membarrier::register() && membarrier::run())
}

#[cfg(all(target_os = "linux", not(feature = "portable"), not(loom)))]
#[allow(unsafe_code, reason = "a system call")]
mod membarrier {
    use libc::{SYS_membarrier, c_int, syscall};

    const PRIVATE_EXPEDITED: c_int = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: c_int = 1 << 4;

    fn call(command: c_int) -> bool {
        // SAFETY: the call takes three integers and touches no memory of this process.
        unsafe { syscall(SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        call(REGISTER_PRIVATE_EXPEDITED)
    }

    pub(super) fn run() -> bool {
        call(PRIVATE_EXPEDITED)
    }
}

#[cfg(not(all(target_os = "linux", not(feature = "portable"), not(loom))))]
mod membarrier {
    pub(super) const fn register() -> bool {
        false
    }

    pub(super) const fn run() -> bool {
        false
    }
}
