//! What points to a value elsewhere.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use super::Weigh;

/// What stands in front of the value of an `Arc` or `Rc`.
const COUNTS: usize = 2 * size_of::<usize>();

impl<T: ?Sized> Weigh for &T {
    const HAS_HEAP: bool = false;

    fn heap_size(&self) -> usize {
        0
    }
}

impl<T: ?Sized> Weigh for PhantomData<T> {
    const HAS_HEAP: bool = false;

    fn heap_size(&self) -> usize {
        0
    }
}

impl<T: Weigh + ?Sized> Weigh for Box<T> {
    fn heap_size(&self) -> usize {
        size_of_val(&**self).saturating_add((**self).heap_size())
    }
}

impl<T: Weigh + ?Sized> Weigh for Arc<T> {
    fn heap_size(&self) -> usize {
        (COUNTS + size_of_val(&**self)).saturating_add((**self).heap_size())
    }
}

impl<T: Weigh + ?Sized> Weigh for Rc<T> {
    fn heap_size(&self) -> usize {
        (COUNTS + size_of_val(&**self)).saturating_add((**self).heap_size())
    }
}

impl<B: ToOwned<Owned: Weigh> + ?Sized> Weigh for Cow<'_, B> {
    fn heap_size(&self) -> usize {
        match self {
            Cow::Borrowed(_) => 0,
            Cow::Owned(owned) => owned.heap_size(),
        }
    }
}
