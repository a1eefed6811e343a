//! The nodes of one of LMDB's pages: which of them has a key.
//!
//! A page may be written to while it is read, so nothing of it is taken for granted: what is read lies inside of the page, or is
//! none. Whether all of it is of one moment is asked by [`super::pages`].

use std::cmp::Ordering;

use super::check::{BRANCH, HEADER, LEAF};
use super::maps::Span;
use super::table::{ADDRESS, Address};
use super::walk::NODE;

/// How long keys are.
const LENGTH: u16 = ADDRESS as u16;

/// The head of a node that holds a row.
pub(super) struct Head {
    /// How long what it holds is.
    pub(super) length: usize,
    pub(super) flags: u16,
    /// How long its key is.
    key: u16,
}

impl Head {
    #[inline]
    pub(super) fn of(page: &Span<'_>, at: usize) -> Option<Self> {
        let head = page.u64(at)?;
        Some(Self { length: head as u32 as usize, flags: (head >> 32) as u16, key: (head >> 48) as u16 })
    }
}

/// The nodes of a page.
pub(super) struct Nodes<'a> {
    pub(super) page: Span<'a>,
    count: usize,
    pub(super) are_leaves: bool,
}

/// A key, as numbers that are in order as keys are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sought(u64, u64, u64);

impl Sought {
    pub(super) fn of(address: &Address) -> Self {
        let number = |at: usize| {
            let bytes = address.get(at..).and_then(<[u8]>::first_chunk);
            u64::from_be_bytes(*bytes.unwrap_or(&[0; 8]))
        };
        Self(number(0), number(8), number(16))
    }

    fn address(&self) -> Address {
        let mut address = [0; ADDRESS];
        for (to, from) in address.iter_mut().zip([self.0, self.1, self.2].into_iter().flat_map(u64::to_be_bytes)) {
            *to = from;
        }
        address
    }
}

impl<'a> Nodes<'a> {
    /// Those of a page whose head says that it has some.
    #[inline]
    pub(super) fn of(page: Span<'a>) -> Option<Self> {
        let head = page.u64(8)?;
        let (kind, lower) = ((head >> 16) as u16, (head >> 32) as u16);
        let count = usize::from(lower).checked_sub(HEADER)? / 2;
        (kind == LEAF || kind == BRANCH).then_some(Self { page, count, are_leaves: kind == LEAF })
    }

    #[inline]
    fn at(&self, index: usize) -> Option<usize> {
        Some(usize::from(self.page.u16(HEADER + 2 * index)?))
    }

    /// The row of `key` at `at`, which may be anywhere in `page`.
    #[inline]
    pub(super) fn row_at(page: Span<'a>, at: usize, key: &Sought) -> Option<Head> {
        let nodes = Self { page, count: 0, are_leaves: true };
        let is_it = nodes.compare(at, key)? == Ordering::Equal;
        Head::of(&page, at).filter(|_| is_it)
    }

    /// How the key of the node at `at` compares with `key`.
    #[inline]
    fn compare(&self, at: usize, key: &Sought) -> Option<Ordering> {
        match self.page.numbers(at) {
            Some([head, first, second, third]) if (head >> 48) as u16 == LENGTH => {
                Some(Sought(u64::from_be(first), u64::from_be(second), u64::from_be(third)).cmp(key))
            }
            _ => self.compare_odd(at, key),
        }
    }

    /// The same of a key that is as long as none of larder's: the name of a table.
    #[cold]
    fn compare_odd(&self, at: usize, key: &Sought) -> Option<Ordering> {
        let (length, mut name) = (usize::from(Head::of(&self.page, at)?.key), [0; ADDRESS]);
        for (index, byte) in name.iter_mut().enumerate().take(length) {
            *byte = self.page.byte(at + NODE + index)?;
        }
        Some(name.get(..length)?.cmp(&key.address()))
    }

    /// Where `key` is among the keys from the node `from` on: the number of those that are before it, and whether it is the next.
    #[inline]
    fn search(&self, key: &Sought, from: usize) -> Option<(usize, bool)> {
        let (mut low, mut high) = (from, self.count);
        while low < high {
            let middle = low.midpoint(high);
            match self.compare(self.at(middle)?, key)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some((middle, true)),
                Ordering::Greater => high = middle,
            }
        }
        Some((low, false))
    }

    /// The page below this one where `key` is if it is anywhere. The first key stands for all that are before the second.
    pub(super) fn child(&self, key: &Sought) -> Option<u64> {
        let (index, is_it) = self.search(key, 1)?;
        let at = self.at(if is_it { index } else { index.checked_sub(1)? })?;
        Some(self.page.u64(at)? & 0xffff_ffff_ffff)
    }

    /// Where the node of `key` is.
    pub(super) fn row(&self, key: &Sought) -> Option<Option<usize>> {
        let (index, is_it) = self.search(key, 0)?;
        if is_it { self.at(index).map(Some) } else { Some(None) }
    }
}
