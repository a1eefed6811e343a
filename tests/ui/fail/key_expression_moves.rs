use larder::cached;

#[cached(key = (name, id))]
fn tuple(name: String, id: u64) -> u64 { id + name.len() as u64 }

#[cached(key = name.into_bytes())]
fn call(name: String, id: u64) -> u64 { id + name.len() as u64 }

#[cached(key = { drop(name); id })]
fn block(name: String, id: u64) -> u64 { id + name.len() as u64 }

fn main() {
    let _ = (tuple(String::new(), 1), tuple::peek(String::new(), 1));
    let _ = (call(String::new(), 1), call::peek(String::new(), 1));
    let _ = (block(String::new(), 1), block::peek(String::new(), 1));
}
