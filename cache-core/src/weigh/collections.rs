//! Collections: the room that they have, and what is in them. How the standard library lays out its maps is not promised, so
//! what they take is estimated, from above.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use super::{Weigh, sum};

/// Room for `capacity` elements, and what these have elsewhere.
fn room<'a, T: Weigh + 'a>(capacity: usize, items: impl IntoIterator<Item = &'a T>) -> usize {
    (capacity * size_of::<T>()).saturating_add(sum(items))
}

impl<T: Weigh> Weigh for Vec<T> {
    fn heap_size(&self) -> usize {
        room(self.capacity(), self)
    }
}

impl<T: Weigh> Weigh for VecDeque<T> {
    fn heap_size(&self) -> usize {
        room(self.capacity(), self)
    }
}

impl<T: Weigh> Weigh for BinaryHeap<T> {
    fn heap_size(&self) -> usize {
        room(self.capacity(), self)
    }
}

impl<T: Weigh> Weigh for LinkedList<T> {
    fn heap_size(&self) -> usize {
        // Each has two neighbours.
        (self.len() * 2 * size_of::<usize>()).saturating_add(room(self.len(), self))
    }
}

/// A table of hashes: seven in eight of its places can be taken, and each has a byte beside it.
fn table(capacity: usize, element: usize) -> usize {
    if capacity == 0 {
        return 0;
    }
    let places = (capacity * 8 / 7).max(4).next_power_of_two();
    places * (element + 1) + 16
}

impl<K: Weigh, V: Weigh, S> Weigh for HashMap<K, V, S> {
    fn heap_size(&self) -> usize {
        let table = table(self.capacity(), size_of::<(K, V)>());
        table.saturating_add(sum(self.keys())).saturating_add(sum(self.values()))
    }
}

impl<T: Weigh, S> Weigh for HashSet<T, S> {
    fn heap_size(&self) -> usize {
        table(self.capacity(), size_of::<T>()).saturating_add(sum(self))
    }
}

/// A tree: a node has room for eleven, and is at least half full.
fn tree(length: usize, element: usize) -> usize {
    length.div_ceil(6) * (11 * element + 4 * size_of::<usize>())
}

impl<K: Weigh, V: Weigh> Weigh for BTreeMap<K, V> {
    fn heap_size(&self) -> usize {
        let tree = tree(self.len(), size_of::<K>() + size_of::<V>());
        tree.saturating_add(sum(self.keys())).saturating_add(sum(self.values()))
    }
}

impl<T: Weigh> Weigh for BTreeSet<T> {
    fn heap_size(&self) -> usize {
        tree(self.len(), size_of::<T>()).saturating_add(sum(self))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::*;

    const STRING: usize = size_of::<String>();

    #[test]
    fn what_is_in_a_value_counts_with_the_room_that_it_has() {
        let text = || "four".to_owned();
        assert_eq!((7_u64.heap_size(), "text".heap_size(), text().heap_size()), (0, 0, 4));
        assert_eq!(String::with_capacity(100).heap_size(), 100);
        assert_eq!((Some(text()).heap_size(), None::<String>.heap_size()), (4, 0));
        assert_eq!((Ok::<_, u8>(text()).heap_size(), Err::<u8, _>(text()).heap_size()), (4, 4));
        assert_eq!(((text(), 1_u8, text()).heap_size(), [text(), text()].heap_size()), (8, 8));
        assert_eq!((Box::new(7_u64).heap_size(), Box::new(text()).heap_size()), (8, STRING + 4));
        assert_eq!((Arc::<str>::from("four").heap_size(), Arc::new(text()).heap_size()), (20, 16 + STRING + 4));
        assert_eq!((Cow::from("four").heap_size(), Cow::<str>::Owned(text()).heap_size()), (0, 4));
        assert_eq!(vec![text(), text()].into_boxed_slice().heap_size(), 2 * (STRING + 4));
        let mut numbers = Vec::<u64>::with_capacity(100);
        numbers.push(1);
        assert_eq!((numbers.heap_size(), VecDeque::from(vec![text()]).heap_size()), (800, STRING + 4));
    }

    #[test]
    fn maps_count_no_less_than_what_is_in_them() {
        for length in [0_usize, 1, 3, 7, 8, 100, 1_000] {
            let inside = length * (STRING + size_of::<u64>() + 4);
            let pairs = (0..length as u64).map(|n| (n, "four".to_owned()));
            let (hashed, sorted): (HashMap<_, _>, BTreeMap<_, _>) = (pairs.clone().collect(), pairs.collect());
            let at_most = 4 * inside + 500;
            for size in [hashed.heap_size(), sorted.heap_size()] {
                assert!((inside..=at_most).contains(&size), "{size} bytes for {length}, of {inside}");
            }
        }
    }

    #[test]
    fn elements_that_have_nothing_elsewhere_are_not_asked_one_by_one() {
        struct Unasked;
        impl Weigh for Unasked {
            const HAS_HEAP: bool = false;
            fn heap_size(&self) -> usize {
                unreachable!("asked for what it has not")
            }
        }
        assert_eq!(vec![[Some(Unasked)], [None]].heap_size(), 2 * size_of::<Option<Unasked>>());
    }
}
