use larder::cached;

#[cached(key = "user:{")]
fn open(n: u64) -> u64 { n }

#[cached(key = "user:{n")]
fn name(n: u64) -> u64 { n }

#[cached(key = "user:{n.}")]
fn field(n: u64) -> u64 { n }

#[cached(key = "user:{}")]
fn empty(n: u64) -> u64 { n }

#[cached(tags = ["user:{n:"])]
fn tag(n: u64) -> u64 { n }

fn main() {
    let _ = (open(1), open::peek(1));
    let _ = (name(1), name::peek(1));
    let _ = (field(1), field::peek(1));
    let _ = (empty(1), empty::peek(1));
    let _ = (tag(1), tag::peek(1));
}
