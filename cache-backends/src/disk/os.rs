//! What is asked of the operating system and of LMDB itself: the only unsafe code of this crate's disk handler.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use heed::{Env, EnvFlags, EnvOpenOptions};

/// Reader slots: one for each thread that reads, in all processes together.
const READERS: u32 = 4_096;
/// How long the file is that they lie in: a cache line for each, and what stands before them. LMDB makes a shorter one
/// longer and takes a longer one as it is.
pub(super) const LOCKS_LENGTH: u64 = READERS as u64 * 64 + 4_096;
/// Named tables.
const TABLES: u32 = 8;

/// Opens the LMDB environment in `generation`, whose files were checked.
pub(super) fn open_env(generation: &Path, map_size: usize) -> heed::Result<Env> {
    let mut options = EnvOpenOptions::new();
    options.map_size(map_size).max_readers(READERS).max_dbs(TABLES);
    // SAFETY: NO_SYNC gives up nothing but what survives a crash of the machine, and after one the store starts
    // empty (see `generation.rs`). NO_READ_AHEAD is a hint. WRITE_MAP and NO_LOCK are not set. The map must not be
    // changed by anyone but LMDB: the file lies in a directory of mode 0700 under a name of larder's own, it was
    // checked before, larder never truncates it, and heed refuses to open it twice in this process.
    unsafe {
        options.flags(EnvFlags::NO_SYNC | EnvFlags::NO_READ_AHEAD);
        options.open(generation)
    }
}

/// Gives the map another size; 0 takes over the size that another process gave it.
pub(super) fn resize_env(env: &mut Env, map_size: usize) -> heed::Result<()> {
    // SAFETY: LMDB asks that no transaction of this process is active. A transaction borrows its `Env`, the `Env` of a
    // store is never cloned, and this is an exclusive borrow of it.
    unsafe { env.resize(map_size) }
}

/// Memory that all processes share which map the same file.
#[derive(Debug)]
pub(super) struct Shared {
    start: NonNull<AtomicU8>,
    length: usize,
}

// SAFETY: it is memory of atomics, which any thread may use, and belongs to nobody else in this process.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// The first `length` bytes of `file`, which have their room on the disk.
    pub(super) fn map(file: &File, length: usize) -> io::Result<Self> {
        Ok(Self { start: map(file, length, libc::PROT_READ | libc::PROT_WRITE)?.cast(), length })
    }

    pub(super) const fn bytes(&self) -> &[AtomicU8] {
        // SAFETY: so many bytes are mapped there until this is dropped, and all who use them do so as atomics.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

/// A number in memory that all processes share.
#[derive(Debug)]
pub(super) struct Number {
    at: NonNull<AtomicU64>,
    #[expect(dead_code, reason = "it is mapped as long as this is there")]
    of: Shared,
}

// SAFETY: it is an atomic in memory that any thread may use.
unsafe impl Send for Number {}
// SAFETY: as above.
unsafe impl Sync for Number {}

impl Number {
    /// The number at `at`, if one may lie there.
    pub(super) fn of(shared: Shared, at: usize) -> Option<Self> {
        let first = shared.start.cast::<AtomicU64>();
        let is_inside = at.is_multiple_of(size_of::<u64>()) && at + size_of::<u64>() <= shared.length;
        // SAFETY: it is inside of what is mapped, and lies at a multiple of its size from the beginning of a page.
        is_inside.then(|| Self { at: unsafe { first.byte_add(at) }, of: shared })
    }

    #[inline]
    pub(super) fn get(&self) -> u64 {
        // SAFETY: it is mapped until this is dropped, and all who use it do so as an atomic.
        unsafe { self.at.as_ref() }.load(Ordering::Acquire)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: `map` has mapped them, and nothing borrows them any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// Maps the first `length` bytes of `file`.
fn map(file: &File, length: usize, access: libc::c_int) -> io::Result<NonNull<u8>> {
    // SAFETY: the kernel picks the place, and the descriptor is open. Nobody shortens the file: it lies in a directory of
    // mode 0700 under a name of larder's own, and larder never does.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(start.cast()).ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))
}

/// A file in memory that others may write to at any moment: what is read of it may be of two moments. Whether it is of one is for the
/// reader to find out before it believes it.
#[derive(Debug)]
pub(super) struct Map {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: it is only ever read, which any thread may do, and belongs to nobody else in this process.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Map {
    /// Room for the first `length` bytes of `file`, which may be shorter. What is read has to be there: behind the end of the
    /// file there is nothing, and to read that kills the process.
    pub(super) fn of(file: &File, length: usize) -> io::Result<Self> {
        let start = map(file, length, libc::PROT_READ)?;
        // SAFETY: it was mapped just now. Reading ahead is a matter of speed.
        unsafe { libc::madvise(start.as_ptr().cast(), length, libc::MADV_RANDOM) };
        Ok(Self { start, length })
    }

    /// `length` bytes of it.
    pub(super) fn part(&self, at: usize, length: usize) -> Option<Part<'_>> {
        let is_inside = at.checked_add(length).is_some_and(|end| end <= self.length);
        // SAFETY: it is inside of what is mapped until this is dropped.
        is_inside.then(|| Part { start: unsafe { self.start.add(at) }, length, map: PhantomData })
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: as for `Shared`.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// A part of a [`Map`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    start: NonNull<u8>,
    length: usize,
    map: PhantomData<&'a Map>,
}

/// What is read at once. It may lie anywhere.
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Anywhere<T>(T);

impl Part<'_> {
    /// What stands at `at`, which is of a type that any bytes are.
    #[inline(always)]
    fn read<T: Copy>(&self, at: usize) -> Option<T> {
        let is_inside = at <= self.length && size_of::<T>() <= self.length - at;
        // SAFETY: it is inside, and the type of a wrapper that is packed lies anywhere; its callers read numbers. No reference to the
        // bytes is made. Others write to them, which is what volatile reads are for.
        is_inside.then(|| unsafe { self.start.add(at).cast::<Anywhere<T>>().read_volatile() }.0)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.read(at)
    }

    /// A number of this machine's order of bytes.
    #[inline]
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        self.read(at)
    }

    #[inline]
    pub(super) fn u64(&self, at: usize) -> Option<u64> {
        self.read(at)
    }

    /// Some numbers, one behind the other.
    #[inline]
    pub(super) fn numbers<const N: usize>(&self, at: usize) -> Option<[u64; N]> {
        self.read(at)
    }

    /// Has `length` bytes come from memory before they are read.
    #[inline]
    pub(super) fn fetch(&self, at: usize, length: usize) {
        for at in (at..at.saturating_add(length).min(self.length)).step_by(64) {
            fetch(self.start.as_ptr().wrapping_add(at));
        }
    }

    /// Copies `length` bytes, in place of what is in `into`; `None` if there are not so many.
    pub(super) fn copy(&self, at: usize, length: usize, into: &mut Vec<u8>) -> Option<()> {
        const STEP: usize = size_of::<Step>();
        if at > self.length || length > self.length - at {
            return None;
        }
        into.clear();
        if length < STEP {
            into.extend((at..at + length).filter_map(|at| self.byte(at)));
            return Some(());
        }
        into.reserve(length);
        let to = into.as_mut_ptr();
        let step = |done: usize| {
            let (from, to) = (self.start.as_ptr().wrapping_add(at + done), to.wrapping_add(done));
            // SAFETY: as for `read`: all of the step is inside, and there is room for so many bytes, which are nobody else's.
            unsafe { to.cast::<Anywhere<Step>>().write(from.cast::<Anywhere<Step>>().read_volatile()) };
        };
        (0..length / STEP).for_each(|number| step(number * STEP));
        // The last step ends where the bytes do.
        step(length - STEP);
        // SAFETY: all of them were written.
        unsafe { into.set_len(length) };
        Some(())
    }
}

/// What is copied at once.
#[cfg(target_arch = "x86_64")]
type Step = std::arch::x86_64::__m128i;
#[cfg(not(target_arch = "x86_64"))]
type Step = u64;

/// Has the line of memory at `place` come near, whatever is there. Other processors do not know how.
#[inline]
pub(super) fn fetch<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it is a hint, and reads nothing.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast());
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// How many times this process is the child of a fork since a disk handler was first opened.
pub(super) fn forks() -> u32 {
    static FORKS: AtomicU32 = AtomicU32::new(0);
    static REGISTERED: OnceLock<()> = OnceLock::new();
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
        cache_core::fork::became_child();
    }
    REGISTERED.get_or_init(|| {
        // SAFETY: `in_child` adds to atomics, which is allowed between fork and exec; it lives as long as the
        // process. Where the handler cannot be registered (no memory), a fork goes unnoticed, as it would without it.
        let refused = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        if refused == 0 {
            cache_core::fork::will_be_told();
        }
    });
    FORKS.load(Ordering::Relaxed)
}

/// Has `settle` be called when the process ends as programs do, once.
pub(super) fn at_exit(settle: extern "C" fn()) {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        // SAFETY: the function lives as long as the process, and takes no arguments.
        unsafe { libc::atexit(settle) };
    });
}

/// How a file is locked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// Alone, when everyone else has let go.
    Exclusive,
    /// Alone, if nobody else holds it now.
    TryExclusive,
    /// Together with others that share it.
    Shared,
}

/// Locks `file` until it is closed; gives whether it is locked.
pub(super) fn lock(file: &File, how: Lock) -> io::Result<bool> {
    let operation = match how {
        Lock::Exclusive => libc::LOCK_EX,
        Lock::TryExclusive => libc::LOCK_EX | libc::LOCK_NB,
        Lock::Shared => libc::LOCK_SH,
    };
    loop {
        // SAFETY: the descriptor is open, since `file` is borrowed.
        if unsafe { libc::flock(file.as_raw_fd(), operation) } == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        match error.kind() {
            io::ErrorKind::Interrupted => {}
            io::ErrorKind::WouldBlock => return Ok(false),
            _ => return Err(error),
        }
    }
}

/// Locks the byte `at` of `file` for this opening of it, until it is closed, if no other has it locked; gives whether it
/// is locked. No byte needs to be there.
pub(super) fn lock_byte(file: &File, at: u64) -> io::Result<bool> {
    match set_byte_lock(file, at, libc::F_WRLCK) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Unlocks the byte `at` of `file`, for everyone who has this opening of it.
pub(super) fn unlock_byte(file: &File, at: u64) -> io::Result<()> {
    set_byte_lock(file, at, libc::F_UNLCK)
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[allow(clippy::unnecessary_cast, reason = "the types of the constants differ between targets")]
fn set_byte_lock(file: &File, at: u64, kind: libc::c_int) -> io::Result<()> {
    let at = at.try_into().map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the structure consists of integers, of which 0 is one; the process id has to be that.
    let mut range: libc::flock = unsafe { std::mem::zeroed() };
    (range.l_type, range.l_whence) = (kind as libc::c_short, libc::SEEK_SET as libc::c_short);
    (range.l_start, range.l_len) = (at, 1);
    loop {
        // SAFETY: the descriptor is open, since `file` is borrowed, and the command reads a `flock`.
        if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &raw const range) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Other systems have no such locks, or not all their releases do.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn set_byte_lock<K>(_: &File, _: u64, _: K) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The network file system that `directory` lies on, if it does: LMDB's locks and maps do not work across machines.
pub(super) fn network_file_system(directory: &File) -> io::Result<Option<&'static str>> {
    let mut found = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the descriptor is open, and `found` has room for what is written.
    if unsafe { libc::fstatfs(directory.as_raw_fd(), found.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, so it has filled `found`.
    Ok(kind_of(&unsafe { found.assume_init() }))
}

#[cfg(target_os = "linux")]
#[allow(clippy::unnecessary_cast, reason = "the type of `f_type` differs between targets")]
fn kind_of(found: &libc::statfs) -> Option<&'static str> {
    // The low half is what the kernel defines; some targets extend its sign.
    match found.f_type as u32 {
        0x6969 => Some("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("SMB"),
        0x7375_7245 => Some("Coda"),
        0x5346_414f => Some("AFS"),
        0x0102_1997 => Some("9p"),
        0x00c3_6400 => Some("Ceph"),
        0x0bd0_0bd0 => Some("Lustre"),
        0x7461_636f => Some("OCFS2"),
        0x0116_1970 => Some("GFS2"),
        _ => None,
    }
}

#[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
#[allow(clippy::unnecessary_cast, reason = "the types of the flags differ between targets")]
fn kind_of(found: &libc::statfs) -> Option<&'static str> {
    (found.f_flags as u64 & libc::MNT_LOCAL as u64 == 0).then_some("a remote one")
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "ios", target_os = "freebsd")))]
fn kind_of(_: &libc::statfs) -> Option<&'static str> {
    None
}

/// The user that this process acts for.
pub(super) fn user() -> u32 {
    // SAFETY: it reads an attribute of this process and cannot fail.
    unsafe { libc::geteuid() }
}

/// What tells one start of this machine from another; `None` where the system does not say.
pub(super) fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
