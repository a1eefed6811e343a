//! Futures that are made where they stay.

use std::future::Future;
use std::pin::Pin;

/// The future that `make` gives, on the heap.
///
/// It is for the futures that every call needs. `Box::pin` makes one on the stack and moves it, all of its bytes, also those that
/// mean nothing before it is polled: it could be dropped where it is if there were no room on the heap. So the room is taken first.
#[inline(always)]
pub fn pinned<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    let room = Box::new_uninit();
    Box::into_pin(Box::write(room, make()))
}
