//! What goes wrong in a store on disk, sorted by what can be done about it.

use std::io;

use cache_core::BackendError;
use heed::MdbError;

/// Why an operation on LMDB failed, by what helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The map is full: make room and try again.
    MakeRoom,
    /// Another process gave the map another size: take it over.
    TakeSize,
    /// Every reader's slot is taken: free those of processes that are gone.
    FreeReaders,
    /// The file cannot be trusted: begin another one.
    StartEmpty,
    /// Nothing that is done here.
    None,
}

pub(super) fn remedy(error: &heed::Error) -> Remedy {
    match error {
        heed::Error::Mdb(MdbError::MapFull) => Remedy::MakeRoom,
        heed::Error::Mdb(MdbError::MapResized) => Remedy::TakeSize,
        heed::Error::Mdb(MdbError::ReadersFull) => Remedy::FreeReaders,
        heed::Error::Mdb(
            MdbError::PageNotFound
            | MdbError::Corrupted
            | MdbError::Panic
            | MdbError::VersionMismatch
            | MdbError::Invalid
            | MdbError::CursorFull
            | MdbError::PageFull
            | MdbError::Incompatible,
        ) => Remedy::StartEmpty,
        _ => Remedy::None,
    }
}

/// The error of a handler whose operation on LMDB failed, with what to do about it.
pub(super) fn explain(error: heed::Error) -> BackendError {
    let what = match &error {
        heed::Error::Mdb(MdbError::MapFull) => {
            "the store's file has reached its largest size and no room could be made in it; nothing was stored \
             (give the handler a larger `map_size`, or a smaller `max_bytes` or `threshold`)"
        }
        heed::Error::Mdb(MdbError::ReadersFull) => {
            "too many threads read this directory at once (start fewer processes on it)"
        }
        heed::Error::Mdb(MdbError::TxnFull) => "this value is too large for one write; nothing was stored",
        heed::Error::Io(cause) if cause.kind() == io::ErrorKind::WouldBlock => SAME_PROCESS_ID,
        heed::Error::Io(cause) if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            "the disk is full; nothing was stored (free some room, or give the handler a smaller `max_bytes`)"
        }
        // What LMDB says too where less was written than it gave.
        heed::Error::Io(cause) if cause.raw_os_error() == Some(libc::EIO) => {
            "the disk is full, or broken; nothing was stored (free some room, or give the handler a smaller `max_bytes`)"
        }
        heed::Error::Io(_) => {
            "the operating system refused to read or write the store's files (see that this program may read and write \
             all that larder has in `cache_dir`, or name another directory)"
        }
        heed::Error::EnvAlreadyOpened => {
            "this directory is open in this process already, inherited from the process that forked it \
             (build the cache after the fork)"
        }
        _ => "the store on disk cannot be used",
    };
    BackendError::new(what).because(error)
}

const SAME_PROCESS_ID: &str = "a process with the same process id, in another container, has this directory open \
    (give each container a `cache_dir` of its own, or share results through a redis handler)";

/// The error of a file operation: what was to be done, on which path.
pub(super) fn at(doing: &str, path: &std::path::Path) -> impl FnOnce(io::Error) -> BackendError {
    let what = format!("could not {doing} {}", path.display());
    move |error| {
        let help = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full: free some room",
            _ => "name a directory that this program may write to",
        };
        BackendError::new(format!("{what} ({help})")).because(error)
    }
}
