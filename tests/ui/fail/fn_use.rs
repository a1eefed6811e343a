use larder::cached;

#[cached]
use std::time::Duration;

#[cached]
extern crate std as standard;

fn main() {
    let _ = Duration::from_secs(1);
    let _ = standard::time::Duration::from_secs(1);
}
