use larder::cached;

use std::rc::Rc;

#[cached]
fn counted(n: u64) -> Rc<u64> { n.into() }

#[cached]
async fn inside(n: u64) -> Result<Rc<str>, ()> { Ok(n.to_string().into()) }

fn main() {
    let _ = (counted(1), counted::peek(1));
    drop((inside(1), inside::peek(1)));
}
