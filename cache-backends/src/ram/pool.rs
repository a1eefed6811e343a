//! The memory of small nodes: places of a few sizes, cut out of larger pieces.
//!
//! A node comes and goes with each miss, and most are as small as what an allocator spends on remembering them. So their places
//! are cut out of pieces of some pages, and go from one node to the next of their size. A place belongs to nobody in
//! particular: those that are free are kept together for all stores of the process, and each shard has a few at hand, so that
//! they are asked for together. The pieces themselves stay for what comes next. Larger nodes, and those whose values have to
//! be aligned to more than a word, come from the allocator one by one.

#![allow(unsafe_code, reason = "memory that is cut into places")]

use std::alloc::{Layout, handle_alloc_error};
use std::ptr::NonNull;

use super::lock::Mutex;
use super::sync::{alloc, dealloc};

/// Places are a multiple of this large.
const STEP: usize = 8;
/// How many sizes there are.
const SIZES: usize = 32;
/// How many bytes are asked for at once.
const PIECE: usize = 4_080;
/// How many places a shard takes at once.
const FEW: usize = 16;

/// A place that is free.
struct Place(NonNull<u8>);

// SAFETY: nobody uses a place that is free.
unsafe impl Send for Place {}

/// Those of the process, by their size.
static FREE: Mutex<[Vec<Place>; SIZES]> = Mutex::new([const { Vec::new() }; SIZES]);

/// Which size a node of this layout has; none if it comes from the allocator. (Where loom watches, no place is used twice.)
const fn size_of(layout: Layout) -> Option<usize> {
    let index = layout.size().div_ceil(STEP);
    if layout.align() <= STEP && index > 0 && index <= SIZES && !cfg!(loom) { Some(index - 1) } else { None }
}

/// Some places that are free, of the few sizes that there are.
#[derive(Default)]
pub(super) struct Places(Vec<(usize, Vec<Place>)>);

impl Places {
    fn of(&mut self, size: usize) -> &mut Vec<Place> {
        let at = self.0.iter().position(|(other, _)| *other == size).unwrap_or_else(|| {
            self.0.push((size, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// A place for a node.
    pub(super) fn take(&mut self, layout: Layout) -> NonNull<u8> {
        let Some(size) = size_of(layout) else {
            // SAFETY: a node is larger than nothing.
            let place = unsafe { alloc(layout) };
            return NonNull::new(place).unwrap_or_else(|| handle_alloc_error(layout));
        };
        let places = self.of(size);
        if places.is_empty() {
            let free = &mut FREE.lock()[size];
            if free.is_empty() {
                cut(size, free);
            }
            places.extend(free.drain(free.len().saturating_sub(FEW)..));
        }
        match places.pop() {
            Some(Place(place)) => place,
            // What was cut was taken by nobody else: the lock is held.
            None => handle_alloc_error(layout),
        }
    }

    /// Gives a place back.
    ///
    /// # Safety
    /// [`Places::take`] gave it for this layout, and nobody uses it any more.
    pub(super) unsafe fn give(&mut self, place: NonNull<u8>, layout: Layout) {
        match size_of(layout) {
            Some(size) => self.of(size).push(Place(place)),
            // SAFETY: as the caller says.
            None => unsafe { dealloc(place.as_ptr(), layout) },
        }
    }
}

/// Cuts a piece into places.
fn cut(size: usize, free: &mut Vec<Place>) {
    let bytes = (size + 1) * STEP;
    // SAFETY: the step is a power of two, and there is at least one place in a piece.
    let (layout, piece) = unsafe {
        let layout = Layout::from_size_align_unchecked(PIECE / bytes * bytes, STEP);
        (layout, alloc(layout))
    };
    let Some(piece) = NonNull::new(piece) else { handle_alloc_error(layout) };
    // SAFETY: they lie in the piece.
    free.extend((0..PIECE / bytes).rev().map(|place| Place(unsafe { piece.add(place * bytes) })));
}

/// Those that are free are free for all.
impl Drop for Places {
    fn drop(&mut self) {
        if self.0.iter().all(|(_, places)| places.is_empty()) {
            return;
        }
        let mut free = FREE.lock();
        for (size, places) in &mut self.0 {
            free[*size].append(places);
        }
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").finish_non_exhaustive()
    }
}

/// See [`super::fork`].
pub(super) fn hold() {
    FREE.hold();
}

/// # Safety
/// This thread holds the lock, by [`hold`].
pub(super) unsafe fn let_go() {
    // SAFETY: as the caller says.
    unsafe { FREE.let_go() };
}
