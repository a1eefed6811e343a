//! How deep a value may nest: by levels, and by the stack that they take.
//!
//! The levels are what the stored form promises ([`MAX_DEPTH`]). The stack is what the machine has: a type of many
//! kilobytes, nested a hundred times, would overflow a thread's stack long before the levels run out, and bytes from a
//! store must not be able to end the process.

use std::hint::black_box;

use super::MAX_DEPTH;

/// The stack that one reading or writing may take, in bytes: a quarter of a thread's usual two megabytes.
const STACK: usize = 512 * 1024;

/// The current level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth {
    levels: usize,
    /// Where on the stack the outermost level began.
    base: usize,
}

/// About where the stack is now.
#[inline]
fn here() -> usize {
    let local = 0_u8;
    std::ptr::from_ref(black_box(&local)).addr()
}

impl Depth {
    pub(super) fn outermost() -> Self {
        Self { levels: 0, base: here() }
    }

    /// The next level, if there is room for it.
    #[inline]
    pub(super) fn deeper(self) -> Option<Self> {
        self.within(MAX_DEPTH)
    }

    /// The next level, if it is not beyond `levels` and there is room for it.
    #[inline]
    pub(super) fn within(self, levels: usize) -> Option<Self> {
        let fits = self.levels < levels && self.base.abs_diff(here()) <= STACK;
        fits.then_some(Self { levels: self.levels + 1, ..self })
    }
}
