//! Parts that need a process of their own: for the memory it takes, or for a handler of another size.

use std::process::Command;

use crate::{growth, memory, ratio};

const CHILD: &str = "child";

/// Runs this program once more for a part of the work, and gives what it printed: a name and figures on each line.
pub fn run(arguments: &[&str]) -> Vec<(String, Vec<f64>)> {
    let program = std::env::current_exe().expect("this program is a file");
    let output = Command::new(program).arg(CHILD).args(arguments).output().expect("this program runs once more");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{arguments:?}: {}{text}", String::from_utf8_lossy(&output.stderr));
    let line = |line: &str| {
        let mut cells = line.split('\t');
        let name = cells.next().expect("a name").to_owned();
        (name, cells.map(|figure| figure.parse().expect("a figure")).collect())
    };
    text.lines().map(line).collect()
}

/// Prints a line for [`run`].
pub fn say(name: &str, figures: &[f64]) {
    print!("{name}");
    for figure in figures {
        print!("\t{figure}");
    }
    println!();
}

/// Does what a parent wants, if this process is such a child.
pub fn is_one(arguments: &[String]) -> bool {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [CHILD, "ratio", arguments @ ..] => ratio::child(arguments),
        [CHILD, "memory", name] => memory::child(name),
        [CHILD, "growth", name] => growth::child(name),
        _ => return false,
    }
    true
}
