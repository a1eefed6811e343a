//! Parts that need a process of their own: for the memory it takes, or for a handler of another size.

use larder_benches::child::CHILD;
pub use larder_benches::child::{run, say};

use crate::{growth, memory, ratio};

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
