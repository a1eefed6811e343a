use larder::cached;

#[cached(ttl = 30,, key)]
fn two(n: u64) -> u64 { n }

#[cached(, ttl = 30)]
fn first(n: u64) -> u64 { n }

#[cached(,)]
fn only(n: u64) -> u64 { n }

fn main() {
    let _ = (two(1), two::peek(1));
    let _ = (first(1), first::peek(1));
    let _ = (only(1), only::peek(1));
}
