//! Looks at LMDB's data file before it is mapped: a map that ends before the pages its metadata speaks of kills the
//! process at the first read, and foreign bytes send LMDB anywhere.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::walk::walk;

/// How much of a page is its header and its metadata.
const META: usize = 152;
pub(super) const HEADER: usize = 16;
const MAGIC: u32 = 0xbeef_c0de;
const VERSION: u32 = 1;
/// Where a page of metadata says how large the map is to be.
pub(super) const META_SIZE: u64 = 32;
/// Where a page of metadata says which page the tree of the table without a name begins with, and behind that, which page is the
/// last; and where its number stands.
pub(super) const META_ROOT: usize = 128;
pub(super) const META_NUMBER: usize = 144;
pub(super) const NO_PAGE: u64 = u64::MAX;
/// Flags of pages.
pub(super) const BRANCH: u16 = 0x01;
pub(super) const LEAF: u16 = 0x02;
const IS_META: u16 = 0x08;
/// The flag of the table of free pages: its keys are numbers.
const INTEGER_KEY: u16 = 0x08;
/// Deeper trees than this are refused by LMDB.
pub(super) const DEEPEST: u16 = 32;
/// Another process may write between two reads of ours; then what they give does not fit together.
const ATTEMPTS: usize = 20;

/// Whether the data file at `path` can be mapped; if not, why. If nobody has it open, all of it is looked at.
pub(super) fn check(path: &Path, alone: bool) -> io::Result<Result<(), &'static str>> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Ok(Err("its data file is not a file"));
    }
    let file = File::open(path)?;
    let mut verdict = newest(&file)?;
    for _ in 1..ATTEMPTS {
        if verdict.is_ok() {
            break;
        }
        std::thread::yield_now();
        verdict = newest(&file)?;
    }
    Ok(match verdict {
        Ok(meta) if alone && !walk(&file, &meta)? => Err("its data file is damaged"),
        verdict => verdict.map(drop),
    })
}

/// The metadata of the last transaction, if all of it fits together.
fn newest(file: &File) -> io::Result<Result<Meta, &'static str>> {
    let Some(first) = read_at::<META>(file, 0)? else { return Ok(Err("its data file is too short")) };
    let Some(first) = Meta::parse(&first, 0) else { return Ok(Err("its first metadata page is damaged")) };
    let Some(second) = read_at::<META>(file, first.page_size)? else { return Ok(Err("its data file is too short")) };
    let Some(second) = Meta::parse(&second, 1) else { return Ok(Err("its second metadata page is damaged")) };
    // LMDB writes the two in turn. The older one was whole when the newer was written.
    if first.page_size != second.page_size || first.transaction.abs_diff(second.transaction) > 1 {
        return Ok(Err("its metadata pages do not belong together"));
    }
    let newest = if second.transaction > first.transaction { second } else { first };
    let length = file.metadata()?.len();
    if (newest.last_page + 1).checked_mul(newest.page_size).is_none_or(|needed| length < needed) {
        return Ok(Err("its data file was cut short"));
    }
    for tree in [&newest.free, &newest.main] {
        if !tree.has_sound_root(file, newest.page_size)? {
            return Ok(Err("the root of a table is damaged"));
        }
    }
    Ok(Ok(newest))
}

/// What a metadata page says, as far as it is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub(super) page_size: u64,
    pub(super) free: Tree,
    pub(super) main: Tree,
    pub(super) last_page: u64,
    transaction: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tree {
    pub(super) flags: u16,
    pub(super) depth: u16,
    pub(super) root: u64,
}

impl Meta {
    fn parse(page: &[u8; META], number: u64) -> Option<Self> {
        let sound = u64_at(page, 0)? == number
            && u16_at(page, 10)? == IS_META
            && u32_at(page, 16)? == MAGIC
            && u32_at(page, 20)? == VERSION
            // No map at a fixed address.
            && u64_at(page, 24)? == 0;
        let meta = Self {
            page_size: u64::from(u32_at(page, 40)?),
            free: Tree::parse(page, 40)?,
            main: Tree::parse(page, 88)?,
            last_page: u64_at(page, 136)?,
            transaction: u64_at(page, META_NUMBER)?,
        };
        let size = meta.page_size;
        let fits = (512..=65_536).contains(&size) && size.is_power_of_two() && size >= META as u64
            // A transaction writes the page of its parity; both of a new file say 0.
            && (meta.transaction == 0 || meta.transaction % 2 == number)
            && meta.last_page >= 1
            && [meta.free, meta.main].iter().all(|tree| tree.fits(meta.last_page))
            && meta.free.flags == INTEGER_KEY
            && meta.main.flags == 0
            && u32_at(page, 88)? == 0;
        (sound && fits).then_some(meta)
    }
}

impl Tree {
    pub(super) fn parse(page: &[u8], at: usize) -> Option<Self> {
        Some(Self { flags: u16_at(page, at + 4)?, depth: u16_at(page, at + 6)?, root: u64_at(page, at + 40)? })
    }

    fn fits(&self, last_page: u64) -> bool {
        match self.root {
            NO_PAGE => self.depth == 0,
            root => (2..=last_page).contains(&root) && (1..=DEEPEST).contains(&self.depth),
        }
    }

    fn has_sound_root(&self, file: &File, page_size: u64) -> io::Result<bool> {
        if self.root == NO_PAGE {
            return Ok(true);
        }
        let Some(page) = read_at::<HEADER>(file, self.root * page_size)? else { return Ok(false) };
        let expected = if self.depth == 1 { LEAF } else { BRANCH };
        let (lower, upper) = (u16_at(&page, 12), u16_at(&page, 14));
        Ok(u64_at(&page, 0) == Some(self.root)
            && u16_at(&page, 10) == Some(expected)
            && lower <= upper
            && upper.is_some_and(|upper| u64::from(upper) <= page_size))
    }
}

/// `N` bytes, or `None` where the file ends before.
pub(super) fn read_at<const N: usize>(file: &File, at: u64) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    Ok(read_into(file, &mut bytes, at)?.then_some(bytes))
}

/// Fills `bytes`; gives whether the file has that many.
pub(super) fn read_into(file: &File, bytes: &mut [u8], at: u64) -> io::Result<bool> {
    match file.read_exact_at(bytes, at) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}
