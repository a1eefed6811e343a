use larder::cached;

use std::fmt::Debug;

#[cached]
fn borrowed(d: &dyn Debug, id: u64) -> u64 { let _ = d; id }

#[cached]
fn boxed(d: Box<dyn Debug>, id: u64) -> u64 { let _ = d; id }

fn main() {
    let _ = (borrowed(&1, 1), borrowed::peek(&1, 1));
    let _ = (boxed(Box::new(1), 1), boxed::peek(Box::new(1), 1));
}
