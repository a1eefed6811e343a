//! What belongs to the figures: when, where and of what.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, thread};

/// `crates` are those whose versions belong to the figures.
pub fn describe(crates: &[&str]) -> String {
    let versions: Vec<_> = crates.iter().map(|name| format!("{name} {}", version(name))).collect();
    format!(
        "{}, {}, {} cores, {}, profile `{}`; {}.",
        date(),
        processor(),
        thread::available_parallelism().map_or(1, usize::from),
        compiler(),
        profile(),
        versions.join(", "),
    )
}

/// Of several versions of a crate, the newest is this program's own.
fn version(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let lock = include_str!("../Cargo.lock");
    lock.rsplit_once(&entry).and_then(|(_, rest)| rest.split('"').next()).expect("a crate that is used here")
}

fn processor() -> String {
    let all = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = all.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or("an unknown processor", |line| line.trim_matches([' ', '\t', ':'])).to_owned()
}

fn compiler() -> String {
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(compiler).arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or("an unknown compiler".to_owned(), |version| version.trim().to_owned())
}

/// cargo calls the folder of what it builds by the profile.
fn profile() -> String {
    let program = env::current_exe().unwrap_or_default();
    program.parent().and_then(|folder| folder.file_name()).unwrap_or_default().to_string_lossy().into_owned()
}

/// Today in UTC.
#[allow(clippy::disallowed_methods, reason = "a benchmark says when it ran")]
fn date() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year}-{month:02}-{day:02}")
}

/// The date so many days behind 1970-01-01. Years begin with March here, so that a leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400, if month < 10 { month + 3 } else { month - 9 });
    (year + u64::from(month <= 2), month, day)
}
