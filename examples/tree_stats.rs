//! What is in a folder, computed once: `cargo run --release --example tree_stats -- PATH`
//!
//! Each file's summary is kept on disk under its path, size and time of change. A second run, in a new process, answers
//! from there.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use larder::{Cache, Disk, Ttl, cached};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Summary {
    lines: usize,
    words: usize,
    compressed: f64, // the size after compression, in percent
    digest: String,
}

#[cached(handler = "disk", ttl = "forever", name = "summary")]
fn summary(path: &Path, size: u64, changed: Option<SystemTime>) -> Result<Summary, String> {
    let _ = (size, changed); // only parts of the key: another size or time is another summary
    let content = std::fs::read(path).map_err(|error| error.to_string())?;
    let compressed = miniz_oxide::deflate::compress_to_vec(&content, 9).len();
    Ok(Summary {
        lines: content.split(|byte| *byte == b'\n').count() - 1,
        words: content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count(),
        compressed: compressed as f64 * 100.0 / content.len().max(1) as f64,
        digest: blake3::hash(&content).to_hex()[..16].to_owned(),
    })
}

fn files(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.into_path())))
        .map(|(metadata, path)| (path, metadata.len(), metadata.modified().ok()))
        .collect()
}

/// A bar, where somebody looks.
fn progress(done: usize, all: usize) {
    if std::io::stderr().is_terminal() && (done.is_multiple_of(16) || done == all) {
        let end = if done == all { "\n" } else { "" };
        eprint!("\r{:░<40} {done}/{all}{end}", "█".repeat(done * 40 / all));
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which folder? Write it behind `--`")?;
    let directory = std::env::var("TREE_STATS_CACHE").unwrap_or_else(|_| "cache".into());
    let disk = Disk::builder().cache_dir(directory).threshold(1_000_000).default_expire(Ttl::Forever);
    Cache::builder().handler("disk", disk).build()?.install()?;

    #[allow(clippy::disallowed_methods, reason = "a program measures real time")]
    let start = Instant::now();
    let mut files = files(Path::new(&folder));
    files.sort_by_key(|(_, size, _)| std::cmp::Reverse(*size));
    println!("       bytes     lines      words compressed  digest            the largest files");
    for (index, (path, size, changed)) in files.iter().enumerate() {
        match summary(path, *size, *changed) {
            Ok(Summary { lines, words, compressed, digest }) if index < 20 => {
                let path = path.strip_prefix(&folder).unwrap_or(path).display();
                println!("{size:>12} {lines:>9} {words:>10} {compressed:>8.1} %  {digest}  {path}");
            }
            Ok(_) => progress(index + 1, files.len()),
            Err(error) => eprintln!("{}: {error}", path.display()),
        }
    }
    let (stats, seconds) = (summary::stats(), start.elapsed().as_secs_f64());
    let (count, total) = (files.len(), files.iter().map(|(_, size, _)| size).sum::<u64>());
    println!("{count} files, {total} bytes: {} hits, {} misses, {seconds:.3} s", stats.hits, stats.misses);
    Ok(())
}
