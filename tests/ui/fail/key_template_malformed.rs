use larder::cached;

#[cached(key = "user:{id")]
fn open(id: u64) -> u64 { id }

#[cached(key = "user:id}")]
fn closed(id: u64) -> u64 { id }

#[cached(key = "user:{id:{id}}")]
fn nested(id: u64) -> u64 { id }

#[cached(key = "user:{i d}")]
fn no_expression(id: u64) -> u64 { id }

fn main() {
    let _ = (open(1), open::peek(1));
    let _ = (closed(1), closed::peek(1));
    let _ = (nested(1), nested::peek(1));
    let _ = (no_expression(1), no_expression::peek(1));
}
