use larder::cached;

#[cached(tags = ["user:{id"])]
fn open(id: u64) -> u64 { id }

#[cached(tags = ["users", "user:id}", "user:{}"])]
fn two(id: u64) -> u64 { id }

#[cached(tags = ["user:{id:width$}"])]
fn width(id: u64) -> u64 { id }

fn main() {
    let _ = (open(1), open::peek(1));
    let _ = (two(1), two::peek(1));
    let _ = (width(1), width::peek(1));
}
