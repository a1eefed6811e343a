//! Locks that are held while the process forks, and let go in the child too.
//!
//! `parking_lot` keeps a list of the threads that wait for a lock, and may hand it over to one of them; in a child of a fork
//! they are in that list still, and not there to let go of it. The standard library's locks ask the kernel to wake who waits,
//! and there nobody does.

#![allow(unsafe_code, reason = "a lock is let go by another function than it was taken by")]

use std::cell::UnsafeCell;
use std::mem::transmute;
use std::sync::PoisonError;

pub(super) use std::sync::{MutexGuard, RwLockReadGuard, RwLockWriteGuard};

/// What is behind it is whole between any two statements, so a panic changes nothing.
pub(super) struct Mutex<T: 'static> {
    lock: std::sync::Mutex<T>,
    /// Of the one who has the lock, by `hold`.
    held: UnsafeCell<Option<MutexGuard<'static, T>>>,
}

/// As [`Mutex`].
pub(super) struct RwLock<T: 'static> {
    lock: std::sync::RwLock<T>,
    held: UnsafeCell<Option<RwLockWriteGuard<'static, T>>>,
}

// SAFETY: `held` is touched by the thread that holds the lock only, which is the one that has put something there.
unsafe impl<T: Send> Sync for Mutex<T> {}
// SAFETY: nobody holds a lock that is moved.
unsafe impl<T: Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for RwLock<T> {}

impl<T> Mutex<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { lock: std::sync::Mutex::new(value), held: UnsafeCell::new(None) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock until [`Mutex::let_go`]. The lock is neither moved nor dropped before.
    pub(super) fn hold(&self) {
        let guard = self.lock();
        // SAFETY: the guard lies in the lock that it is of, and is dropped before that is. This thread has the lock.
        unsafe { *self.held.get() = Some(transmute::<MutexGuard<'_, T>, MutexGuard<'static, T>>(guard)) };
    }

    /// What is behind it.
    ///
    /// # Safety
    /// This thread holds the lock, by [`Mutex::hold`], and has nothing else from here.
    #[allow(clippy::mut_from_ref, reason = "the lock is held")]
    pub(super) unsafe fn held(&self) -> Option<&mut T> {
        // SAFETY: as the caller says.
        unsafe { (*self.held.get()).as_deref_mut() }
    }

    /// # Safety
    /// This thread holds the lock, by [`Mutex::hold`].
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says. (It is taken out first: another thread may have the lock by the time this ends.)
        let guard = unsafe { (*self.held.get()).take() };
        drop(guard);
    }
}

impl<T> RwLock<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { lock: std::sync::RwLock::new(value), held: UnsafeCell::new(None) }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.lock.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.lock.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`Mutex::hold`].
    pub(super) fn hold(&self) {
        let guard = self.write();
        // SAFETY: as in `Mutex::hold`.
        unsafe { *self.held.get() = Some(transmute::<RwLockWriteGuard<'_, T>, RwLockWriteGuard<'static, T>>(guard)) };
    }

    /// What is behind it.
    ///
    /// # Safety
    /// This thread holds the lock, by [`RwLock::hold`].
    pub(super) unsafe fn held(&self) -> Option<&T> {
        // SAFETY: as the caller says.
        unsafe { (*self.held.get()).as_deref() }
    }

    /// # Safety
    /// This thread holds the lock, by [`RwLock::hold`].
    pub(super) unsafe fn let_go(&self) {
        // SAFETY: as the caller says.
        let guard = unsafe { (*self.held.get()).take() };
        drop(guard);
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lock.fmt(f)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lock.fmt(f)
    }
}
