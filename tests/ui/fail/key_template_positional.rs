use larder::cached;

#[cached(key = "user:{}")]
fn empty(id: u64) -> u64 { id }

#[cached(key = "user:{0}")]
fn number(id: u64) -> u64 { id }

#[cached(key = "user:{:?}")]
fn format(id: u64) -> u64 { id }

fn main() {
    let _ = (empty(1), empty::peek(1));
    let _ = (number(1), number::peek(1));
    let _ = (format(1), format::peek(1));
}
