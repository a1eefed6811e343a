use larder::cached;

use std::fmt::Debug;

#[cached]
fn boxed(n: u64) -> Box<dyn Debug> { Box::new(n) }

#[cached]
fn error(n: u64) -> Result<Box<dyn Debug + Send + Sync>, ()> { Ok(Box::new(n)) }

fn main() {
    let _ = (boxed(1), boxed::peek(1));
    let _ = (error(1), error::peek(1));
}
