//! One build, and what it cost.

use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

use crate::crates::{Kind, Sources};
use crate::rounds::now;

/// What a build cost.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub seconds: f64,
    pub megabytes: f64,
}

/// Removes what was built of a crate, and builds it again: in a process of its own, since peak memory is known of all
/// children of a process together.
pub fn cost(sources: &Sources, kind: Kind, command: &str) -> Cost {
    let cleaned = cargo("clean", kind.name(), sources.folder()).status().expect("cargo");
    assert!(cleaned.success(), "`cargo clean` failed in {:?}", sources.folder());
    let itself = std::env::current_exe().expect("this program's path");
    let output =
        Command::new(itself).args([command, kind.name()]).arg(sources.folder()).output().expect("this program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("two numbers");
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("a number"));
    Cost { seconds: numbers.next().expect("seconds"), megabytes: numbers.next().expect("megabytes") }
}

/// Builds once, as the arguments say, and prints the seconds and the megabytes.
pub fn measure(arguments: &[String]) {
    let [command, name, folder] = arguments else { panic!("a command, a crate and a folder") };
    let start = now();
    let built = cargo(command, name, Path::new(folder)).status().expect("cargo");
    let seconds = start.elapsed().as_secs_f64();
    assert!(built.success(), "`cargo {command}` of {name} failed in {folder}");
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN).expect("its usage").max_rss();
    println!("{seconds} {}", kilobytes as f64 / 1024.0);
}

fn cargo(command: &str, name: &str, folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([command, "--quiet", "--package", name]).current_dir(folder).stdin(Stdio::null());
    cargo
}
