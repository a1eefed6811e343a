//! What is asked of the operating system and of LMDB itself. With [`super::maps`] it is the only unsafe code of the disk handler.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

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

/// Gives the map another size; 0 takes over the size that another process gave it. Where there is no room for that the environment must
/// not be used any more.
pub(super) fn resize_env(env: &mut Env, map_size: usize) -> heed::Result<()> {
    // SAFETY: LMDB asks that no transaction of this process is active. A transaction borrows its `Env`, the `Env` of a
    // store is never cloned, and this is an exclusive borrow of it.
    unsafe { env.resize(map_size) }
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

/// Whether this process may have `length` bytes of address space more than it has.
pub(super) fn has_room_for(length: usize) -> io::Result<()> {
    if length == 0 {
        return Ok(());
    }
    let kind = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
    // SAFETY: the kernel picks the place, of which nothing is used.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), length, libc::PROT_NONE, kind, -1, 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was mapped just now, and nobody knows of it.
    unsafe { libc::munmap(start, length) };
    Ok(())
}

/// Whether this process may have only so much address space.
pub(super) fn is_address_space_limited() -> bool {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is there for the result, and left alone where there is none.
    unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) };
    limit.rlim_cur != libc::RLIM_INFINITY
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
