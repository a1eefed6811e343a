//! Children of a `fork(2)`: a child has the memory of its parent, and none of its threads but one.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockWriteGuard};

static FORKS: AtomicU64 = AtomicU64::new(0);

static ARE_TOLD: AtomicBool = AtomicBool::new(false);

/// Threads that make something read it, and a fork writes it.
static WHOLE: RwLock<()> = RwLock::new(());

thread_local! {
    /// How many calls of [`whole`] this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// What is held over a fork.
struct Held {
    _whole: RwLockWriteGuard<'static, ()>,
    #[cfg(feature = "bytes")]
    _plans: crate::codec::PlansHeld,
}

/// Has a fork wait until `make` has ended, which makes something that all threads share or holds its lock: in the child, whoever
/// was about to is not there. Called with no other lock held, and runs no code of the user's.
pub fn whole<T>(make: impl FnOnce() -> T) -> T {
    struct Inside;
    impl Drop for Inside {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }
    let is_outermost = DEPTH.replace(DEPTH.get() + 1) == 0;
    let inside = Inside;
    let _held = is_outermost.then(|| WHOLE.read().unwrap_or_else(PoisonError::into_inner));
    let made = make();
    drop(inside);
    made
}

/// What is in `lock`, or else what `make` makes, [whole].
pub(crate) fn made<T>(lock: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    lock.get().unwrap_or_else(|| whole(|| lock.get_or_init(make)))
}

/// Waits until nothing is being made by [`whole`], and lets nothing begin. Called by backends that are told by the system,
/// before a fork and before anything else is held.
pub fn hold() {
    if DEPTH.get() > 0 {
        return;
    }
    let held = Held {
        _whole: WHOLE.write().unwrap_or_else(PoisonError::into_inner),
        #[cfg(feature = "bytes")]
        _plans: crate::codec::hold_plans(),
    };
    let _ = HELD.try_with(|place| place.replace(Some(held)));
}

/// Lets it begin again, in the parent and in the child.
pub fn let_go() {
    drop(HELD.try_with(RefCell::take));
}

/// How many forks lie between this process and the one that it began as, as far as backends said so by [`became_child`].
#[must_use]
pub fn forks() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

/// Whether the system tells of forks, so that [`forks`] changes with each. (Elsewhere than on Unix there are none.)
pub(crate) fn are_told() -> bool {
    cfg!(not(unix)) || ARE_TOLD.load(Ordering::Relaxed)
}

/// Says that the system is going to tell of every fork. For backends, when they have asked it to.
pub fn will_be_told() {
    ARE_TOLD.store(true, Ordering::SeqCst);
}

/// Says that this process is the child of a fork. For backends that are told by the system; what other threads had under way is
/// forgotten then.
pub fn became_child() {
    FORKS.fetch_add(1, Ordering::SeqCst);
}

/// Something that a child of a fork begins anew: whoever is in it in the parent is not there, and neither is who holds its lock.
#[derive(Debug)]
pub(crate) struct InProcess<T> {
    born: u64,
    here: T,
    in_child: OnceLock<Box<Self>>,
}

impl<T: Default> Default for InProcess<T> {
    fn default() -> Self {
        Self { born: forks(), here: T::default(), in_child: OnceLock::new() }
    }
}

impl<T> InProcess<T> {
    /// What the first process has.
    pub(crate) const fn of_first(here: T) -> Self {
        Self { born: 0, here, in_child: OnceLock::new() }
    }
}

impl<T: Default> InProcess<T> {
    pub(crate) fn here(&self) -> &T {
        if self.born == forks() {
            return &self.here;
        }
        self.in_child.get_or_init(Box::default).here()
    }
}
