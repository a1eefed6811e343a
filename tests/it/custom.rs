//! A backend of a user's own keeps the promises of every backend.

use larder::Opened;

#[path = "../../examples/custom_backend.rs"]
#[allow(dead_code)]
mod example;

#[test]
fn the_backend_of_the_example_keeps_every_promise() {
    larder::contract::check(&|_| Opened::new(example::Table::default()));
}
