//! How long values are, so that callers bring buffers for theirs.
//!
//! The thread that reads would allocate one for each value, and others would free it: what goes from thread to thread and never
//! comes back is dear in most allocators.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Longer values get no buffer beforehand: to copy them takes longer than all else.
const LONGEST: usize = 1 << 10;
const STEP: usize = 64;

/// How long the buffer for a value is, going by the longer ones of late.
#[derive(Default)]
pub(super) struct Usual(AtomicUsize);

impl Usual {
    /// A value of this length came. Of values of several lengths the longer ones count: a buffer that is too short is
    /// allocated for nothing.
    pub(super) fn learn(&self, length: usize) {
        let (known, length) = (self.0.load(Ordering::Relaxed), length.next_multiple_of(STEP));
        let next = match length {
            _ if length > LONGEST => 0,
            _ if length < known => known - STEP,
            _ => length,
        };
        // Most are as long as those before: then nothing is written to what all callers read.
        if next != known {
            self.0.store(next, Ordering::Relaxed);
        }
    }

    /// A buffer for a value to come.
    pub(super) fn buffer(&self) -> Vec<u8> {
        Vec::with_capacity(self.0.load(Ordering::Relaxed))
    }
}
