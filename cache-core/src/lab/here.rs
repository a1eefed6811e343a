//! Which lab a thread is in, and which labs there are.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::Shared;
use crate::cache::Cache;
use crate::sync::lock_std;

thread_local! {
    /// The labs that this thread is in, innermost last.
    static INSIDE: RefCell<Vec<Arc<Shared>>> = const { RefCell::new(Vec::new()) };
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static LABS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// Where a call is made.
pub(crate) enum Here {
    /// Inside a lab, with this cache.
    Lab(Cache),
    /// Outside, while there is a lab.
    Outside,
    /// There is no lab in this process.
    NoLab,
}

pub(crate) fn here() -> Here {
    if ALIVE.load(Ordering::SeqCst) == 0 {
        return Here::NoLab;
    }
    // The thread may be ending, its locals gone.
    let lab = INSIDE.try_with(|inside| inside.borrow().last().map(|shared| shared.cache.clone()));
    lab.ok().flatten().map_or(Here::Outside, Here::Lab)
}

/// Whether there is a lab in this process.
#[inline]
pub(crate) fn any() -> bool {
    ALIVE.load(Ordering::SeqCst) > 0
}

/// Notes, in every lab there is, that what is called `name` was called outside.
pub(crate) fn escape(name: &str) {
    // Collected first: what is dropped here may be the last of a lab, and its values may call cached functions.
    let labs: Vec<Arc<Shared>> = lock_std(&LABS).iter().filter_map(Weak::upgrade).collect();
    for shared in labs {
        lock_std(&shared.escaped).insert(name.to_owned());
    }
}

pub(super) fn begin(shared: &Arc<Shared>) {
    lock_std(&LABS).push(Arc::downgrade(shared));
    ALIVE.fetch_add(1, Ordering::SeqCst);
    INSIDE.with_borrow_mut(|inside| inside.push(Arc::clone(shared)));
}

pub(super) fn end(shared: &Arc<Shared>) {
    leave(shared);
    ALIVE.fetch_sub(1, Ordering::SeqCst);
    lock_std(&LABS).retain(|lab| !std::ptr::eq(lab.as_ptr(), Arc::as_ptr(shared)));
}

/// Makes this thread be in the lab until the guard is dropped.
pub(super) fn enter(shared: &Arc<Shared>) -> Inside {
    let _ = INSIDE.try_with(|inside| inside.borrow_mut().push(Arc::clone(shared)));
    Inside(Arc::clone(shared))
}

pub(super) struct Inside(Arc<Shared>);

impl Drop for Inside {
    fn drop(&mut self) {
        leave(&self.0);
    }
}

fn leave(shared: &Arc<Shared>) {
    let left = INSIDE.try_with(|inside| {
        let mut inside = inside.borrow_mut();
        let at = inside.iter().rposition(|lab| Arc::ptr_eq(lab, shared));
        at.map(|at| inside.remove(at))
    });
    // What is dropped here may be the last of a cache; that must not happen while the list is borrowed.
    drop(left);
}
