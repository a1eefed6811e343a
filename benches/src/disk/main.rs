//! What larder costs on disk: beside LMDB as it is, and beside its peers.
//!
//! `just bench-disk` takes some minutes and prints tables; `just bench-disk hits async` (`sets`, `latency`, `processes`,
//! `clearing`, `start`, `space`) prints parts of them. It works in a folder of its own in `TMPDIR`, which should be on a
//! disk, and removes it.
//!
//! larder is measured through annotated functions, as a user calls them: with a ttl, a threshold and statistics, on a
//! cache that is installed at the start. That is what targets are judged by; what the layers below cost stands beside it.
//! The floor is `heed`, LMDB by the flags that larder opens it with: a transaction, a look-up by a key of 24 bytes and a
//! copy, with no expiry, no checksum and no function. The peers stand in the forms that are cheapest for them.
//!
//! 1. **A hit, one thread**, of values of 100 B, 4 KB and 1 MB.
//! 2. **A hit, `async fn`**, in one task.
//! 3. **Sets**, direct and behind a miss, one at a time and of ten callers.
//! 4. **A reader's p99 while another process writes**, beside its p99 when nobody does.
//! 5. **Two processes reading**, on a core each, beside one.
//! 6. **Clearing** a tenth of 200,000 entries, and what a reader sees of it.
//! 7. **Opening**, in a fresh process.
//! 8. **Room on the disk** when five times the limit was written.
//!
//! Every figure is the median of many short rounds, beside the least and the quartiles. In each round every contender has
//! its turn, in an order that is shuffled; all that is read is in the page cache. Ratios are taken within a round, before
//! the median. Each body counts its runs: the program panics when a call that is measured as a hit ran one. `diskcache`
//! runs in Python and measures itself, without the pipe through which it is asked. Where `python3` does not have it, the
//! variable `PYTHON` says which one does; where none does, its lines say so.
//!
//! `cargo run --profile bench-ram --features disk --bin disk` measures with thin LTO and one codegen unit in place of what
//! `release` gives, which changes little here.
//! Figures of two runs or two machines compare badly; ratios compare better.

mod annotated;
mod asynchronous;
mod clearing;
mod clock;
mod hits;
mod latency;
mod peers;
mod processes;
mod sets;
mod space;
mod start;
mod talk;
mod together;
mod values;

use std::path::Path;

use larder_benches::child::CHILD;
use larder_benches::machine;

/// How many rounds a figure is the median of.
const ROUNDS: usize = 31;

/// The crates whose versions are printed.
const CRATES: [&str; 7] = ["larder", "heed", "cached", "redb", "rusqlite", "foyer", "tokio"];

const PARTS: [&str; 8] = ["hits", "async", "sets", "latency", "processes", "clearing", "start", "space"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if is_child(&arguments) {
        return;
    }
    for part in &arguments {
        assert!(PARTS.contains(&part.as_str()), "`{part}` is none of the parts {PARTS:?}");
    }
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|wanted| wanted == part);

    let folder = tempfile::Builder::new().prefix("larder-bench-disk-").tempdir().expect("a folder in TMPDIR");
    let folder = folder.path();
    let versions = machine::describe(&CRATES);
    println!("# What larder costs on disk\n\n{versions}\n");
    println!("{}; {}.\n", talk::describe_python(), file_system(folder));
    let cache = annotated::install(folder);
    let parts: [(&str, &dyn Fn()); 8] = [
        ("hits", &|| hits::measure(folder, &cache)),
        ("async", &|| asynchronous::measure(folder)),
        ("sets", &|| sets::measure(folder, &cache)),
        ("latency", &|| latency::measure(folder)),
        ("processes", &|| processes::measure(folder)),
        ("clearing", &|| clearing::measure(folder, &cache)),
        ("start", &|| start::measure(folder)),
        ("space", &|| space::measure(folder)),
    ];
    for (part, measure) in parts {
        if wanted(part) {
            measure();
        }
    }
}

/// Does what a parent wants, if this process is a child.
fn is_child(arguments: &[String]) -> bool {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [CHILD, "write", kind, folder, processor] => latency::child(kind, folder, processor),
        [CHILD, "read", kind, name, folder, processor] => processes::child(kind, name, folder, processor),
        [CHILD, "fill", kind, folder] => start::fill(kind, folder),
        [CHILD, "open", kind, folder] => start::open(kind, folder),
        _ => return false,
    }
    true
}

/// What the folder lies on. In memory all that is written costs less.
fn file_system(folder: &Path) -> String {
    use nix::sys::statfs::{TMPFS_MAGIC, statfs};
    let kind = statfs(folder).map(|found| found.filesystem_type());
    match kind {
        Ok(TMPFS_MAGIC) => "the folder lies in memory (tmpfs), which is not what this is about: set TMPDIR".to_owned(),
        Ok(kind) => format!("the folder lies on a file system of type {:#x}", kind.0),
        Err(error) => format!("the folder lies on an unknown file system ({error})"),
    }
}
