//! Files that are mapped: memory that processes share, and a file that others write to while it is read.
//!
//! This and [`super::os`] are the only unsafe code of the disk handler. Nothing here says whether what was read is of one moment: who
//! reads finds that out before it believes it.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsRawFd as _;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::os::is_address_space_limited;

/// Memory that all processes share which map the same file.
#[derive(Debug)]
pub(super) struct Shared {
    start: NonNull<AtomicU8>,
    length: usize,
}

// SAFETY: it is memory of atomics, which any thread may use, and belongs to nobody else in this process.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// The first `length` bytes of `file`, which have their room on the disk.
    pub(super) fn map(file: &File, length: usize) -> io::Result<Self> {
        Ok(Self { start: map(file, length, libc::PROT_READ | libc::PROT_WRITE)?.cast(), length })
    }

    pub(super) const fn bytes(&self) -> &[AtomicU8] {
        // SAFETY: so many bytes are mapped there until this is dropped, and all who use them do so as atomics.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

/// A number in memory that all processes share.
#[derive(Debug)]
pub(super) struct Number {
    at: NonNull<AtomicU64>,
    #[expect(dead_code, reason = "it is mapped as long as this is there")]
    of: Shared,
}

// SAFETY: it is an atomic in memory that any thread may use.
unsafe impl Send for Number {}
// SAFETY: as above.
unsafe impl Sync for Number {}

impl Number {
    /// The number at `at`, if one may lie there.
    pub(super) fn of(shared: Shared, at: usize) -> Option<Self> {
        let first = shared.start.cast::<AtomicU64>();
        let is_inside = at.is_multiple_of(size_of::<u64>()) && at + size_of::<u64>() <= shared.length;
        // SAFETY: it is inside of what is mapped, and lies at a multiple of its size from the beginning of a page.
        is_inside.then(|| Self { at: unsafe { first.byte_add(at) }, of: shared })
    }

    #[inline]
    pub(super) fn get(&self) -> u64 {
        // SAFETY: it is mapped until this is dropped, and all who use it do so as an atomic.
        unsafe { self.at.as_ref() }.load(Ordering::Acquire)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: `map` has mapped them, and nothing borrows them any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// Maps the first `length` bytes of `file`.
fn map(file: &File, length: usize, access: libc::c_int) -> io::Result<NonNull<u8>> {
    // SAFETY: the kernel picks the place, and the descriptor is open. Nobody shortens the file: it lies in a directory of
    // mode 0700 under a name of larder's own, and larder never does.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(start.cast()).ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))
}

/// A file in memory that others may write to at any moment: what is read of it may be of two moments. Whether it is of one is for the
/// reader to find out before it believes it.
#[derive(Debug)]
pub(super) struct Map {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: it is only ever read, which any thread may do, and belongs to nobody else in this process.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Map {
    /// Room for the first `length` bytes of `file`, which may be shorter. What is read has to be there: behind the end of the
    /// file there is nothing, and to read that kills the process. It does without where address space is limited: what LMDB leaves of
    /// that is the program's.
    pub(super) fn of(file: &File, length: usize) -> io::Result<Self> {
        if is_address_space_limited() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let start = map(file, length, libc::PROT_READ)?;
        // SAFETY: it was mapped just now. Reading ahead is a matter of speed.
        unsafe { libc::madvise(start.as_ptr().cast(), length, libc::MADV_RANDOM) };
        Ok(Self { start, length })
    }

    /// `length` bytes of it.
    pub(super) fn span(&self, at: usize, length: usize) -> Option<Span<'_>> {
        let is_inside = at.checked_add(length).is_some_and(|end| end <= self.length);
        // SAFETY: it is inside of what is mapped until this is dropped.
        is_inside.then(|| Span { start: unsafe { self.start.add(at) }, length, map: PhantomData })
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: as for `Shared`.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// A span of a [`Map`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'a> {
    start: NonNull<u8>,
    length: usize,
    map: PhantomData<&'a Map>,
}

/// What is read at once. It may lie anywhere.
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Anywhere<T>(T);

impl Span<'_> {
    /// What stands at `at`, which is of a type that any bytes are.
    #[inline(always)]
    fn read<T: Copy>(&self, at: usize) -> Option<T> {
        let is_inside = at <= self.length && size_of::<T>() <= self.length - at;
        // SAFETY: it is inside, and the type of a wrapper that is packed lies anywhere; its callers read numbers. No reference to the
        // bytes is made. Others write to them, which is what volatile reads are for.
        is_inside.then(|| unsafe { self.start.add(at).cast::<Anywhere<T>>().read_volatile() }.0)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.read(at)
    }

    /// A number of this machine's order of bytes.
    #[inline]
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        self.read(at)
    }

    #[inline]
    pub(super) fn u64(&self, at: usize) -> Option<u64> {
        self.read(at)
    }

    /// Some numbers, one behind the other.
    #[inline]
    pub(super) fn numbers<const N: usize>(&self, at: usize) -> Option<[u64; N]> {
        self.read(at)
    }

    /// Has `length` bytes come from memory before they are read.
    #[inline]
    pub(super) fn fetch(&self, at: usize, length: usize) {
        for at in (at..at.saturating_add(length).min(self.length)).step_by(64) {
            fetch(self.start.as_ptr().wrapping_add(at));
        }
    }

    /// Copies `length` bytes, in place of what is in `into`; `None` if there are not so many.
    pub(super) fn copy(&self, at: usize, length: usize, into: &mut Vec<u8>) -> Option<()> {
        const STEP: usize = size_of::<Step>();
        if at > self.length || length > self.length - at {
            return None;
        }
        into.clear();
        if length < STEP {
            into.extend((at..at + length).filter_map(|at| self.byte(at)));
            return Some(());
        }
        into.reserve(length);
        let to = into.as_mut_ptr();
        let step = |done: usize| {
            let (from, to) = (self.start.as_ptr().wrapping_add(at + done), to.wrapping_add(done));
            // SAFETY: as for `read`: all of the step is inside, and there is room for so many bytes, which are nobody else's.
            unsafe { to.cast::<Anywhere<Step>>().write(from.cast::<Anywhere<Step>>().read_volatile()) };
        };
        (0..length / STEP).for_each(|number| step(number * STEP));
        // The last step ends where the bytes do.
        step(length - STEP);
        // SAFETY: all of them were written.
        unsafe { into.set_len(length) };
        Some(())
    }
}

/// What is copied at once.
#[cfg(target_arch = "x86_64")]
type Step = std::arch::x86_64::__m128i;
#[cfg(not(target_arch = "x86_64"))]
type Step = u64;

/// Has the line of memory at `place` come near, whatever is there. Other processors do not know how.
#[inline]
pub(super) fn fetch<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it is a hint, and reads nothing.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast());
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
