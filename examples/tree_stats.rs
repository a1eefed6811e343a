//! What is in a folder, computed once: `cargo run --release --features disk --example tree_stats -- PATH`
//!
//! Each file's summary (lines, words, how well it compresses, a digest) is kept on disk under its path, size and time
//! of change. A second run, in a new process, answers from there.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use larder::{Cache, Disk, Ttl, cached};
use serde::{Deserialize, Serialize};

/// What is worth knowing about a file, and takes time to find out.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Summary {
    bytes: u64,
    lines: u64,
    words: u64,
    /// The size after compression, as a share of the size.
    compressed: f64,
    digest: String,
}

#[cached(handler = "disk", ttl = "forever", name = "summary")]
fn summary(path: &Path, size: u64, changed: Option<SystemTime>) -> Result<Summary, String> {
    let (_, _) = (size, changed); // parts of the key: another size or time is another summary
    let content = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let compressed = miniz_oxide::deflate::compress_to_vec(&content, 9).len();
    Ok(Summary {
        bytes: content.len() as u64,
        lines: content.iter().filter(|byte| **byte == b'\n').count() as u64,
        words: content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count() as u64,
        compressed: if content.is_empty() { 1.0 } else { compressed as f64 / content.len() as f64 },
        digest: blake3::hash(&content).to_hex()[..16].to_owned(),
    })
}

fn files(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.into_path())))
        .map(|(metadata, path)| (path, metadata.len(), metadata.modified().ok()))
        .collect()
}

/// A progress bar, where somebody looks.
fn progress(done: usize, all: usize) {
    if io::stderr().is_terminal() && (done % 16 == 0 || done == all) {
        let bar = "█".repeat(done * 40 / all.max(1));
        eprint!("\r{bar:░<40} {done}/{all}{}", if done == all { "\n" } else { "" });
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which folder? cargo run … --example tree_stats -- PATH")?;
    let directory = std::env::var("TREE_STATS_CACHE").unwrap_or_else(|_| "cache".into());
    let disk = Disk::builder().cache_dir(directory).threshold(1_000_000).default_expire(Ttl::Forever);
    Cache::builder().handler("disk", disk).build()?.install()?;

    #[allow(clippy::disallowed_methods, reason = "a program measures real time")]
    let start = Instant::now();
    let files = files(Path::new(&folder));
    let mut summaries = Vec::new();
    for (done, (path, size, changed)) in files.iter().enumerate() {
        match summary(path, *size, *changed) {
            Ok(summary) => summaries.push((path, summary)),
            Err(error) => eprintln!("left out: {error}"),
        }
        progress(done + 1, files.len());
    }
    summaries.sort_by_key(|(_, summary)| std::cmp::Reverse(summary.bytes));

    let mut out = io::stdout().lock();
    writeln!(out, "{:>12} {:>9} {:>10} {:>10}  {:<16}  file", "bytes", "lines", "words", "compressed", "digest")?;
    for (path, s) in summaries.iter().take(20) {
        let share = format!("{:.1} %", s.compressed * 100.0);
        writeln!(out, "{:>12} {:>9} {:>10} {share:>10}  {}  {}", s.bytes, s.lines, s.words, s.digest, path.display())?;
    }
    let stats = summary::stats();
    let total: u64 = summaries.iter().map(|(_, summary)| summary.bytes).sum();
    writeln!(
        out,
        "{} files, {total} bytes: {} hits, {} misses, {:.0?}",
        files.len(),
        stats.hits,
        stats.misses,
        start.elapsed()
    )?;
    Ok(())
}
