//! Sequences of keys to measure hit ratios over: traces of real programs, and generated ones.
//!
//! The traces are files in the format of N. Megiddo and D. S. Modha, "ARC: A Self-Tuning, Low Overhead Replacement
//! Cache", USENIX FAST '03, compressed or not: each line has a first block, a number of blocks, and what is ignored here;
//! every block of the range is one access. They are too large to be part of this project.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::keys::{Random, Zipf};

/// How many accesses are generated.
const ACCESSES: usize = 1_000_000;

/// They come behind the traces.
pub const GENERATED: [&str; 5] = ["zipf-0.7", "zipf-0.99", "zipf-1.2", "scan", "loop"];

/// What there is: the files of the folder, and the generated ones.
pub fn all(folder: Option<&str>) -> Vec<String> {
    let mut names: Vec<_> = GENERATED.map(str::to_owned).to_vec();
    let Some(folder) = folder else {
        println!("Traces are left out: no folder is given by `--traces DIR`.\n");
        return names;
    };
    match fs::read_dir(folder) {
        Ok(files) => {
            let paths = files.filter_map(|file| Some(file.ok()?.path()));
            let mut traces: Vec<_> =
                paths.filter(|path| is_trace(path)).map(|path| path.display().to_string()).collect();
            traces.sort();
            names.splice(0..0, traces);
        }
        Err(error) => println!("Traces are left out: {folder}: {error}.\n"),
    }
    names
}

fn is_trace(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".lis") || name.ends_with(".lis.zst")
}

/// The trace as it is called in tables.
pub fn title(name: &str) -> String {
    let file = PathBuf::from(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    file.trim_end_matches(".zst").trim_end_matches(".lis").to_owned()
}

/// The keys that are asked for, one after the other.
pub fn read(name: &str) -> Vec<u64> {
    match name {
        "zipf-0.7" => Zipf::new(100_000, 0.7).take(ACCESSES, 31),
        "zipf-0.99" => Zipf::new(100_000, 0.99).take(ACCESSES, 32),
        "zipf-1.2" => Zipf::new(100_000, 1.2).take(ACCESSES, 33),
        "scan" => scan(),
        "loop" => (0..ACCESSES as u64).map(|access| access % 50_000).collect(),
        path => file(Path::new(path)),
    }
}

/// A hot set of 2,000 keys that are asked for again and again, and walks through 20,000 keys that nobody asks for twice
/// in a while: a quarter of all accesses, 5,000 in a row.
fn scan() -> Vec<u64> {
    let hot = Zipf::new(2_000, 0.7).take(ACCESSES, 34);
    let mut random = Random(35);
    let mut scanned = 0;
    let mut keys = Vec::with_capacity(ACCESSES + 20_000);
    let mut hot = hot.into_iter();
    while keys.len() < ACCESSES {
        let calm = 10_000 + random.below(10_000) as usize;
        keys.extend(hot.by_ref().take(calm));
        keys.extend((scanned..scanned + 5_000).map(|key| 2_000 + key % 20_000));
        scanned += 5_000;
    }
    keys
}

fn file(path: &Path) -> Vec<u64> {
    let mut text = String::new();
    let mut file = fs::File::open(path).expect("a trace that was there");
    let read = if path.extension().is_some_and(|extension| extension == "zst") {
        let decoder = ruzstd::decoding::StreamingDecoder::new(file);
        decoder.expect("a file compressed by zstd").read_to_string(&mut text)
    } else {
        file.read_to_string(&mut text)
    };
    read.expect("a trace is text");
    let blocks = |line: &str| {
        let mut numbers = line.split_ascii_whitespace().map(|number| number.parse::<u64>().expect("a number"));
        let (first, count) = (numbers.next().expect("a block"), numbers.next().expect("how many blocks"));
        first..first + count
    };
    text.lines().filter(|line| !line.trim().is_empty()).flat_map(blocks).collect()
}
