//! Keys of arguments that are called like numbers or texts and are none.
//!
//! Generated code takes an argument for a number or a text by the name of its type. Where that is a name of the user's (an
//! alias, a type with a [`KeyPart`] of its own), the key is recorded at once, and nothing of it is borrowed: the body may take
//! what cannot be copied. What was recorded is kept here until the call's plan is made of it, which is soon: no code of the
//! user's runs in between but that of other arguments' `KeyPart`, which leaves here what it found. A probe of such a key finds
//! nothing.

use std::cell::RefCell;

use super::{KeyPart, Recorder};

/// The length of such a key, for a probe: nothing is that long.
pub(super) const ODD: usize = usize::MAX;

thread_local! {
    static KEPT: RefCell<Vec<Recorder>> = const { RefCell::new(Vec::new()) };
}

/// Records `part` behind what was recorded `before`, and keeps it. Gives true.
#[cold]
pub(super) fn keep<T: KeyPart>(mut before: Recorder, part: &T) -> bool {
    before.exact(part);
    // In a thread that is ending it is not to be had: then the call is not cached.
    let _ = KEPT.try_with(|kept| kept.borrow_mut().push(before));
    true
}

/// What was kept last.
#[cold]
pub(super) fn take() -> Recorder {
    let kept = KEPT.try_with(|kept| kept.borrow_mut().pop()).ok().flatten();
    kept.unwrap_or_else(|| {
        let mut refused = Recorder::new();
        refused.refuse();
        refused
    })
}
