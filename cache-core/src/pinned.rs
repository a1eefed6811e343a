//! What every call needs on the heap, made where it stays.

use std::future::Future;
use std::pin::Pin;

/// What `make` gives, on the heap.
///
/// `Box::new` has it made on the stack and moved, all of its bytes: it is dropped where it is if there is no room on the
/// heap. So the room is taken first.
#[inline(always)]
pub(crate) fn boxed<T>(make: impl FnOnce() -> T) -> Box<T> {
    let room = Box::new_uninit();
    Box::write(room, make())
}

/// The future that `make` gives, on the heap. Most bytes of one that was not polled mean nothing: to move it moves them all.
#[inline(always)]
pub fn pinned<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::into_pin(boxed(make))
}
