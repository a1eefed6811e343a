//! Those who wait, in no order: to put one in and to take it out again are a few steps, however many there are.

use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Where somebody waits, to be found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    at: usize,
    number: NonZeroU64,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Waits<T> {
    places: Vec<Option<(NonZeroU64, T)>>,
    /// The places that are free.
    free: Vec<usize>,
    /// The number of the one who comes next. Nobody else has it, so whoever has left finds nobody in their place.
    next: NonZeroU64,
}

impl<T> Waits<T> {
    /// Nobody; the first one who comes has this number.
    pub(crate) const fn from(next: NonZeroU64) -> Self {
        Self { places: Vec::new(), free: Vec::new(), next }
    }

    pub(crate) fn insert(&mut self, waiting: T) -> Place {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        let at = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        self.places[at] = Some((number, waiting));
        Place { at, number }
    }

    pub(crate) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        let (number, waiting) = self.places.get_mut(place.at)?.as_mut()?;
        (*number == place.number).then_some(waiting)
    }

    pub(crate) fn remove(&mut self, place: Place) -> Option<T> {
        let taken = self.places.get_mut(place.at)?.take_if(|(number, _)| *number == place.number)?;
        self.free.push(place.at);
        if self.free.len() == self.places.len() {
            self.free.clear();
            self.places.clear();
        }
        Some(taken.1)
    }

    /// All of them.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().flatten().map(|(_, waiting)| waiting)
    }

    /// Takes all of them out.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = T> + use<T> {
        self.free.clear();
        std::mem::take(&mut self.places).into_iter().flatten().map(|(_, waiting)| waiting)
    }
}

impl<T> Default for Waits<T> {
    fn default() -> Self {
        Self::from(NonZeroU64::MIN)
    }
}

/// Wakes all of them. A waker is its executor's code: where one panics, the others are woken all the same, and whoever wakes
/// them goes on.
pub fn wake_all(wakers: impl IntoIterator<Item = Waker>) {
    for waker in wakers {
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}

#[cfg(test)]
mod tests {
    use super::Waits;

    #[test]
    fn whoever_has_left_finds_nobody_in_their_place() {
        let mut waits = Waits::default();
        let (one, other) = (waits.insert('a'), waits.insert('b'));
        assert_eq!(waits.remove(one), Some('a'));
        let next = waits.insert('c');
        assert_eq!(waits.get_mut(one), None);
        assert_eq!(waits.remove(one), None);
        assert_eq!(waits.get_mut(next), Some(&mut 'c'));
        assert_eq!(waits.take().collect::<String>(), "cb");
        let last = waits.insert('d');
        assert_eq!(waits.get_mut(other), None);
        assert_eq!(waits.get_mut(next), None);
        assert_eq!(waits.remove(last), Some('d'));
        assert_eq!(waits.iter_mut().count(), 0);
    }
}
