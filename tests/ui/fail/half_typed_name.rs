use larder::cached;

#[cached(tt)]
fn short(n: u64) -> u64 { n }

#[cached(ttl)]
fn whole(n: u64) -> u64 { n }

#[cached(h, ttl = 30)]
fn letter(n: u64) -> u64 { n }

#[cached(ttl = 30, ha)]
fn second(n: u64) -> u64 { n }

#[cached(cache_)]
fn common(n: u64) -> u64 { n }

fn main() {
    let _ = (short(1), short::peek(1));
    let _ = (whole(1), whole::peek(1));
    let _ = (letter(1), letter::peek(1));
    let _ = (second(1), second::peek(1));
    let _ = (common(1), common::peek(1));
}
