//! Walks all pages of a data file that nobody has open, as far as LMDB relies on what they say: page numbers, kinds,
//! offsets, the order of keys, and that no page is used twice. It does not look at values: those carry checksums.

use std::fs::File;
use std::io;

use super::check::{BRANCH, HEADER, LEAF, Meta, NO_PAGE, Tree, read_at, read_into, u16_at, u32_at, u64_at};

const OVERFLOW: u16 = 0x04;
/// Flags of nodes: the value has pages of its own; the value is a tree.
pub(super) const BIG: u16 = 0x01;
const SUBTREE: u16 = 0x02;
pub(super) const NODE: usize = 8;
/// Length of the description of a tree.
const TREE: usize = 48;

/// Whether every page that can be reached is sound.
pub(super) fn walk(file: &File, meta: &Meta) -> io::Result<bool> {
    let pages = usize::try_from(meta.last_page).unwrap_or(usize::MAX).saturating_add(1);
    let mut walk = Walk {
        file,
        page_size: usize::try_from(meta.page_size).unwrap_or(usize::MAX),
        used: vec![0; pages.div_ceil(64)],
        last_page: meta.last_page,
        big: Vec::new(),
        free: Vec::new(),
    };
    // The two pages of metadata.
    Ok(walk.take(0, 2) && walk.tree(&meta.free, true)? && walk.tree(&meta.main, false)? && walk.big_and_free()?)
}

struct Walk<'a> {
    file: &'a File,
    page_size: usize,
    /// A bit for each page.
    used: Vec<u64>,
    last_page: u64,
    /// Values with pages of their own: the first page, how many, and the length if it is a list of free pages.
    big: Vec<(u64, u64, Option<usize>)>,
    /// Lists of free pages.
    free: Vec<u64>,
}

impl Walk<'_> {
    /// Marks `count` pages as used; gives whether they are there and were not.
    fn take(&mut self, first: u64, count: u64) -> bool {
        let Some(end) = first.checked_add(count).filter(|end| *end <= self.last_page + 1) else { return false };
        (first..end).all(|page| {
            let Ok(index) = usize::try_from(page / 64) else { return false };
            let Some(word) = self.used.get_mut(index) else { return false };
            let bit = 1 << (page % 64);
            let fresh = *word & bit == 0;
            *word |= bit;
            fresh
        })
    }

    fn tree(&mut self, tree: &Tree, of_free: bool) -> io::Result<bool> {
        if tree.root == NO_PAGE {
            return Ok(tree.depth == 0);
        }
        self.page(tree.root, tree.depth, of_free)
    }

    /// Walks the page `number`, from which it is `depth` pages to the leaves, itself included.
    fn page(&mut self, number: u64, depth: u16, of_free: bool) -> io::Result<bool> {
        if depth == 0 || !self.take(number, 1) {
            return Ok(false);
        }
        let mut page = vec![0; self.page_size];
        if !read_into(self.file, &mut page, number * self.page_size as u64)? {
            return Ok(false);
        }
        let kind = if depth == 1 { LEAF } else { BRANCH };
        let Some(nodes) = Nodes::of(&page, number, kind) else { return Ok(false) };
        let mut previous: Option<&[u8]> = None;
        for index in 0..nodes.count {
            let Some(node) = nodes.get(index) else { return Ok(false) };
            // The first key of a branch stands for everything before the second.
            if kind == LEAF || index > 0 {
                if previous.is_some_and(|previous| !in_order(previous, node.key, of_free)) {
                    return Ok(false);
                }
                previous = Some(node.key);
            }
            let sound = match kind {
                BRANCH => self.page(node.child, depth - 1, of_free)?,
                _ => self.value(&node, of_free)?,
            };
            if !sound {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn value(&mut self, node: &Node<'_>, of_free: bool) -> io::Result<bool> {
        Ok(match node.flags {
            0 => !of_free || self.add_free(node.data),
            BIG => {
                let Some(first) = u64_at(node.data, 0) else { return Ok(false) };
                let pages = (HEADER + node.size).div_ceil(self.page_size) as u64;
                self.big.push((first, pages, of_free.then_some(node.size)));
                self.take(first, pages)
            }
            SUBTREE if !of_free => match Tree::parse(node.data, 0) {
                // Trees in a tree in a tree are none of larder's.
                Some(tree) if node.data.len() == TREE && tree.flags == 0 && tree.depth <= 32 => {
                    self.tree(&tree, false)?
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// A list of free pages: how many, and which.
    fn add_free(&mut self, list: &[u8]) -> bool {
        let Some((count, pages)) = list.split_first_chunk::<8>() else { return false };
        let before = self.free.len();
        // The list may lie in a place that is larger than it needs.
        let Ok(count) = usize::try_from(u64::from_ne_bytes(*count)) else { return false };
        let pages = pages.chunks_exact(8).filter_map(<[u8]>::first_chunk).take(count);
        self.free.extend(pages.map(|page| u64::from_ne_bytes(*page)));
        if self.free.len() - before != count {
            return false;
        }
        // LMDB searches them by bisection, from the highest down.
        self.free.get(before..).is_some_and(|list| list.is_sorted_by(|a, b| a > b))
    }

    /// What is left: the first pages of big values, in the order of the file, and then the free pages, which are no
    /// page that was met before.
    fn big_and_free(&mut self) -> io::Result<bool> {
        let mut big = std::mem::take(&mut self.big);
        big.sort_unstable();
        for (first, pages, list) in big {
            let at = first * self.page_size as u64;
            let Some(header) = read_at::<HEADER>(self.file, at)? else { return Ok(false) };
            let sound = u64_at(&header, 0) == Some(first)
                && u16_at(&header, 10) == Some(OVERFLOW)
                && u32_at(&header, 12).map(u64::from) == Some(pages);
            if !sound {
                return Ok(false);
            }
            if let Some(length) = list {
                let mut list = vec![0; length];
                if !read_into(self.file, &mut list, at + HEADER as u64)? || !self.add_free(&list) {
                    return Ok(false);
                }
            }
        }
        let free = std::mem::take(&mut self.free);
        Ok(free.into_iter().all(|page| self.take(page, 1)))
    }
}

fn in_order(one: &[u8], next: &[u8], numbers: bool) -> bool {
    if numbers {
        return matches!((u64_at(one, 0), u64_at(next, 0)), (Some(one), Some(next)) if one < next);
    }
    one < next
}

/// The nodes of a page.
struct Nodes<'a> {
    page: &'a [u8],
    count: usize,
    upper: usize,
    kind: u16,
}

struct Node<'a> {
    flags: u16,
    key: &'a [u8],
    /// The page below, of a branch.
    child: u64,
    /// What a leaf holds: the value, or where it is.
    data: &'a [u8],
    /// The length of the value.
    size: usize,
}

impl<'a> Nodes<'a> {
    fn of(page: &'a [u8], number: u64, kind: u16) -> Option<Self> {
        let (lower, upper) = (usize::from(u16_at(page, 12)?), usize::from(u16_at(page, 14)?));
        let count = lower.checked_sub(HEADER)? / 2;
        let sound = u64_at(page, 0)? == number
            && u16_at(page, 10)? == kind
            && lower <= upper
            && upper <= page.len()
            && lower % 2 == 0
            && count >= if kind == BRANCH { 2 } else { 1 };
        sound.then_some(Self { page, count, upper, kind })
    }

    fn get(&self, index: usize) -> Option<Node<'a>> {
        let at = usize::from(u16_at(self.page, HEADER + 2 * index)?);
        let node = self.page.get(at..).filter(|_| at >= self.upper && at % 2 == 0)?;
        let (low, high, flags) = (u16_at(node, 0)?, u16_at(node, 2)?, u16_at(node, 4)?);
        let (low, high) = if cfg!(target_endian = "little") { (low, high) } else { (high, low) };
        let size = u64::from(low) | u64::from(high) << 16;
        let (key, rest) = node.get(NODE..)?.split_at_checked(usize::from(u16_at(node, 6)?))?;
        let child = size | u64::from(flags) << 32;
        let size = usize::try_from(size).ok()?;
        let data = match (self.kind, flags) {
            (BRANCH, _) => &[][..],
            (_, BIG) => rest.get(..8)?,
            _ => rest.get(..size)?,
        };
        Some(Node { flags, key, child, data, size })
    }
}
