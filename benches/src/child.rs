//! Parts that need a process of their own: this program once more.

use std::process::Command;

/// The argument that makes a process a child.
pub const CHILD: &str = "child";

/// This program, as a child that gets `arguments`.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.arg(CHILD).args(arguments);
    command
}

/// Runs this program once more for a part of the work, and gives what it printed: a name and figures on each line.
pub fn run(arguments: &[&str]) -> Vec<(String, Vec<f64>)> {
    let output = command(arguments).output().expect("this program runs once more");
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
