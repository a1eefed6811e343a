use larder::cached;

#[cached]
fn counted(n: u64) -> std::rc::Rc<u64> { n.into() }

fn main() {}
