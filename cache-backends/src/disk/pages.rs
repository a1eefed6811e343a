//! Rows found in LMDB's pages without LMDB: no transaction is begun for a hit, which takes longer than to find a row and to copy it.
//!
//! LMDB writes to no page that belongs to the last state of the store, or to the one before it. A transaction takes pages that
//! were given back two transactions before it or earlier (`mdb_find_oldest`, `mdb_page_alloc`), so those of the state `n`, which the
//! transaction `n + 1` is the first to give back, are first written to by `n + 3`, which begins when `n + 2` is the last that was
//! committed. The number of that one stands in the file of LMDB's locks. So what was read of the state `n` is of that state if the
//! number is `n` or `n + 1` when all of it was read: whatever came between, a process that stood still for a day or one that was
//! killed. Otherwise it is not believed, and LMDB is asked.
//!
//! A reader like that has no place among LMDB's, holds up no writer and keeps no page from being used anew.
//!
//! The number is looked at again before a page is read that another one names: what an old page says may lie behind the end of the
//! file. All else that is read is checked against the bounds of its page. What does not look as it should is left to LMDB.
//!
//! This is how LMDB works in its release 0.9.70, which heed 0.23 has in it, and what another release has to be compared with. The
//! layout of its files is one that LMDB itself refuses to open where it is another.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::Ordering::Acquire;
use std::sync::atomic::fence;

use heed::Env;

use super::check::{DEEPEST, HEADER, META_NUMBER, META_ROOT, NO_PAGE};
use super::generation::LOCKS;
use super::hints::Hints;
use super::maps::{Map, Number, Shared, Span};
use super::nodes::{Head, Nodes, Sought};
use super::table::{ADDRESS, Address};
use super::walk::{BIG, NODE};

/// Where the number of the last transaction stands in the file of LMDB's locks, and how much of that is mapped.
const NUMBER: usize = 8;
const HEAD: usize = 4_096;

/// How many bytes a row has at most that is copied. LMDB shows larger ones where they lie.
pub(super) const LARGEST: usize = 64 << 10;

/// The pages of one generation.
#[derive(Debug)]
pub(super) struct Pages {
    map: Map,
    locks: Locks,
    hints: Hints,
    page_size: usize,
}

/// The number of the last transaction, where LMDB keeps it.
#[derive(Debug)]
pub(super) struct Locks {
    number: Number,
    /// That of the file.
    inode: u64,
}

impl Locks {
    /// That of the file of LMDB's locks, which has its room. None where the layout of LMDB's files is not known to be this one.
    pub(super) fn of(file: &File) -> Option<Self> {
        let is_known = cfg!(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"));
        let inode = file.metadata().ok().filter(|_| is_known)?.ino();
        Some(Self { number: Number::of(Shared::map(file, HEAD).ok()?, NUMBER)?, inode })
    }

    #[inline]
    fn last(&self) -> u64 {
        self.number.get()
    }

    /// Whether these are the locks of `env` in the generation at `path`.
    fn are_of(&self, env: &Env, path: &Path) -> heed::Result<bool> {
        let before = self.last();
        let number = env.read_txn()?.id() as u64;
        let is_between = number > 0 && before <= number && number <= self.last();
        Ok(is_between && fs::symlink_metadata(path.join(LOCKS)).is_ok_and(|found| found.ino() == self.inode))
    }
}

/// A state of the store.
#[derive(Clone, Copy)]
struct State {
    number: u64,
    root: u64,
    last_page: u64,
}

/// What was found, and the number of the state that it was found in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) number: u64,
    pub(super) is_there: bool,
    /// It was found in this very state before.
    pub(super) is_again: bool,
}

impl Pages {
    /// Those of the file `data`, which `env` in the generation at `path` has open. None where they cannot be mapped once more.
    pub(super) fn of(env: &Env, path: &Path, data: &File, locks: Locks, entries: u64) -> heed::Result<Option<Self>> {
        if !locks.are_of(env, path)? {
            return Ok(None);
        }
        let page_size = env.unnamed_database_stat().page_size as usize;
        let hints = Hints::new(entries, locks.last());
        Ok(Map::of(data, env.info().map_size).ok().map(|map| Self { map, locks, hints, page_size }))
    }

    /// The same when the map of LMDB has another size, which `resize` gives it and says. There is no second map meanwhile: LMDB gives
    /// up its own before it asks for the other, and has none at all where there is no room for that.
    pub(super) fn resized(
        self,
        data: &File,
        resize: impl FnOnce() -> heed::Result<usize>,
    ) -> heed::Result<Option<Self>> {
        let Self { map, locks, hints, page_size } = self;
        drop(map);
        let length = resize()?;
        Ok(Map::of(data, length).ok().map(|map| Self { map, locks, hints, page_size }))
    }

    /// Has the hint for `address` come from memory.
    pub(super) fn fetch_hint(&self, address: &Address) {
        self.hints.fetch(address, self.locks.last());
    }

    /// Copies the row of `address` in the table without a name into `row`, if there is one. None where that takes LMDB.
    pub(super) fn find(&self, address: &Address, row: &mut Vec<u8>) -> Option<Found> {
        let (number, key) = (self.locks.last(), Sought::of(address));
        if let Some(place) = self.hints.get(address, number)
            && self.copy_hinted(place, &key, number, row).is_some()
            && self.stands(number)
        {
            return Some(Found { number, is_there: true, is_again: true });
        }
        let state = self.state(number)?;
        self.search(&state, address, &key, row).map(|is_there| Found { number, is_there, is_again: false })
    }

    /// Copies the row of `key` if it is the one at `place`.
    fn copy_hinted(&self, place: usize, key: &Sought, number: u64, row: &mut Vec<u8>) -> Option<()> {
        /// As long as most rows are.
        const FETCHED: usize = 256;
        let at = place & (self.page_size - 1);
        let page = self.map.span(place - at, self.page_size)?;
        page.fetch(at, FETCHED);
        let head = Nodes::row_at(page, at, key)?;
        if head.flags == 0 {
            page.copy(at + NODE + ADDRESS, head.length, row)
        } else {
            self.copy_big(page, at, &head, &self.state(number)?, row)
        }
    }

    /// Walks down from the root.
    #[inline(never)]
    fn search(&self, state: &State, address: &Address, key: &Sought, row: &mut Vec<u8>) -> Option<bool> {
        let mut page = state.root;
        if page == NO_PAGE {
            return Some(false);
        }
        for _ in 0..DEEPEST {
            let nodes = Nodes::of(self.page(page, 1, state)?)?;
            if nodes.are_leaves {
                let node = nodes.row(key)?;
                if let Some(at) = node {
                    self.copy(nodes.page, at, state, row)?;
                }
                if !self.stands(state.number) {
                    return None;
                }
                if let Some(at) = node {
                    self.hints.learn(address, state.number, page as usize * self.page_size + at);
                }
                return Some(node.is_some());
            }
            page = nodes.child(key)?;
            if !self.stands(state.number) {
                break;
            }
        }
        None
    }

    /// The last state. Its page of metadata is written to again when the state after it is the last.
    fn state(&self, number: u64) -> Option<State> {
        let meta = self.map.span((number & 1) as usize * self.page_size, self.page_size)?;
        let state = State { number, root: meta.u64(META_ROOT)?, last_page: meta.u64(META_ROOT + 8)? };
        let is_its = meta.u64(META_NUMBER)? == number;
        fence(Acquire);
        (is_its && self.locks.last() == number).then_some(state)
    }

    /// Whether what was read until now is of the state `number`.
    #[inline]
    fn stands(&self, number: u64) -> bool {
        fence(Acquire);
        self.locks.last().wrapping_sub(number) <= 1
    }

    /// `count` pages, which are there if this state names them.
    #[inline]
    fn page(&self, number: u64, count: u64, state: &State) -> Option<Span<'_>> {
        let is_there = number > 1 && number.checked_add(count - 1)? <= state.last_page;
        let (number, count) = (usize::try_from(number).ok()?, usize::try_from(count).ok()?);
        self.map.span(number.checked_mul(self.page_size)?, count * self.page_size).filter(|_| is_there)
    }

    /// Copies what the node at `at` holds.
    fn copy(&self, page: Span<'_>, at: usize, state: &State, row: &mut Vec<u8>) -> Option<()> {
        let head = Head::of(&page, at)?;
        if head.flags == 0 {
            page.copy(at + NODE + ADDRESS, head.length, row)
        } else {
            self.copy_big(page, at, &head, state, row)
        }
    }

    /// Copies what has pages of its own.
    fn copy_big(&self, page: Span<'_>, at: usize, head: &Head, state: &State, row: &mut Vec<u8>) -> Option<()> {
        let first = page.u64(at + NODE + ADDRESS)?;
        let count = (HEADER + head.length).div_ceil(self.page_size);
        if head.flags != BIG || head.length > LARGEST || !self.stands(state.number) {
            return None;
        }
        let big = self.page(first, count as u64, state)?;
        big.fetch(HEADER, head.length);
        big.copy(HEADER, head.length, row)
    }
}

#[cfg(test)]
mod races;
#[cfg(test)]
mod reuse;
#[cfg(test)]
mod tests;
