//! A queue that can be left from the middle.

use std::collections::VecDeque;

/// What stands in a queue.
pub(in super::super) trait Item: Copy {
    /// Where it stands. Only the queues use it.
    fn place(self) -> u32;
    fn set_place(self, place: u32);
    /// How often it was read of late.
    fn reads(self) -> u8;
    fn set_reads(self, reads: u8);
}

/// The bit of a place that says which queue it is in.
const MAIN: u32 = 1 << 31;

pub(super) fn is_main(item: impl Item) -> bool {
    item.place() & MAIN != 0
}

/// First in, first out. Whoever leaves from the middle leaves a hole, which is passed over, or closed when there are many.
#[derive(Debug)]
pub(super) struct Queue<T> {
    items: VecDeque<Option<T>>,
    holes: usize,
    /// The place of the first one; places go up and begin anew.
    first: u32,
    mark: u32,
}

impl<T: Item> Queue<T> {
    pub(super) fn new(is_main: bool) -> Self {
        Self { items: VecDeque::new(), holes: 0, first: 0, mark: if is_main { MAIN } else { 0 } }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len() - self.holes
    }

    pub(super) fn push(&mut self, item: T) {
        if self.holes > self.len() + 16 {
            self.close_holes();
        }
        let place = self.first.wrapping_add(u32::try_from(self.items.len()).unwrap_or(0));
        item.set_place((place & !MAIN) | self.mark);
        self.items.push_back(Some(item));
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        while let Some(first) = self.items.pop_front() {
            self.first = self.first.wrapping_add(1) & !MAIN;
            match first {
                Some(item) => return Some(item),
                None => self.holes -= 1,
            }
        }
        None
    }

    fn slot(&mut self, item: T) -> Option<&mut Option<T>> {
        let index = (item.place() & !MAIN).wrapping_sub(self.first) & !MAIN;
        self.items.get_mut(index as usize)
    }

    pub(super) fn remove(&mut self, item: T) {
        if let Some(slot) = self.slot(item)
            && slot.take().is_some()
        {
            self.holes += 1;
        }
    }

    pub(super) fn replace(&mut self, old: T, item: T) {
        item.set_place(old.place());
        if let Some(slot) = self.slot(old) {
            *slot = Some(item);
        }
    }

    fn close_holes(&mut self) {
        self.items.retain(Option::is_some);
        self.holes = 0;
        for (index, item) in self.items.iter().flatten().enumerate() {
            let place = self.first.wrapping_add(u32::try_from(index).unwrap_or(0));
            item.set_place((place & !MAIN) | self.mark);
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
