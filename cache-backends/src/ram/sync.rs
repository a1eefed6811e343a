//! What readers and writers of the table meet over, so that loom can take its place (`RUSTFLAGS="--cfg loom"`), and see
//! what is used when it was freed ([`super::model`]).

#[cfg(not(loom))]
pub(super) use super::lock::{Mutex, MutexGuard};
#[cfg(loom)]
pub(super) use modelled::{Mutex, Owned, alloc, dealloc, locals as thread_local, shared};
#[cfg(not(loom))]
pub(super) use std::{
    alloc::{alloc, dealloc},
    sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, fence},
    thread_local,
};

#[cfg(loom)]
pub(super) use loom::sync::{
    MutexGuard,
    atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, fence},
};

/// An array that others may have the address of.
#[cfg(not(loom))]
pub(super) type Owned<T> = Box<[T]>;

/// A static. (Each run of a model has its own.)
#[cfg(not(loom))]
macro_rules! shared {
    ($($item:tt)*) => { $($item)* };
}
#[cfg(not(loom))]
pub(super) use shared;

#[cfg(loom)]
#[allow(unsafe_code, reason = "what is freed stays where it is, and is marked")]
mod modelled {
    use std::alloc::Layout;
    use std::ptr::null_mut;
    use std::sync::PoisonError;

    use loom::sync::MutexGuard;
    use loom::sync::atomic::AtomicPtr;

    use super::super::head::Head;

    macro_rules! shared {
        ($(#[$about:meta])* static $($rest:tt)*) => {
            loom::lazy_static! { $(#[$about])* static ref $($rest)* }
        };
        ($(#[$about:meta])* pub(super) static $($rest:tt)*) => {
            loom::lazy_static! { $(#[$about])* pub(super) static ref $($rest)* }
        };
    }
    macro_rules! locals {
        ($($(#[$about:meta])* static $name:ident: $of:ty = const { $value:expr };)*) => {
            loom::thread_local! { $($(#[$about])* static $name: $of = $value;)* }
        };
    }
    pub(in super::super) use {locals, shared};

    /// As [`super::super::lock::Mutex`]. No model forks.
    #[derive(Debug)]
    pub(in super::super) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(in super::super) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(in super::super) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        pub(in super::super) fn hold(&self) {
            unreachable!()
        }

        #[allow(clippy::mut_from_ref, reason = "as of the real one")]
        pub(in super::super) unsafe fn held(&self) -> Option<&mut T> {
            unreachable!()
        }

        pub(in super::super) unsafe fn let_go(&self) {
            unreachable!()
        }
    }

    /// Says that what `link` lies in is freed. Loom reports whoever loads it then, or has loaded it before without the one
    /// who frees knowing.
    fn end<T>(link: &mut AtomicPtr<T>) {
        link.with_mut(|link| *link = null_mut());
    }

    pub(in super::super) use std::alloc::alloc;

    /// Of a node, which stays where it is: its readers are to be seen, not to crash.
    pub(in super::super) unsafe fn dealloc(node: *mut u8, _: Layout) {
        // SAFETY: a node begins with its head.
        end(unsafe { &mut (*node.cast::<Head>()).next });
    }

    /// As a boxed array of links, but that it stays where it is too.
    pub(in super::super) struct Owned<L: Link>(*mut [L]);

    pub(in super::super) trait Link {
        fn end(&mut self);
    }

    impl<T> Link for AtomicPtr<T> {
        fn end(&mut self) {
            end(self);
        }
    }

    impl<L: Link> Owned<L> {
        pub(in super::super) unsafe fn from_raw(links: *mut [L]) -> Self {
            Self(links)
        }

        pub(in super::super) fn into_raw(self) -> *mut [L] {
            std::mem::ManuallyDrop::new(self).0
        }
    }

    impl<L: Link> FromIterator<L> for Owned<L> {
        fn from_iter<I: IntoIterator<Item = L>>(links: I) -> Self {
            Self(Box::into_raw(links.into_iter().collect()))
        }
    }

    impl<L: Link> Drop for Owned<L> {
        fn drop(&mut self) {
            // SAFETY: it was leaked by `from_iter`.
            unsafe { &mut *self.0 }.iter_mut().for_each(Link::end);
        }
    }

    // SAFETY: as a boxed array.
    unsafe impl<L: Link + Send> Send for Owned<L> {}
}
