use larder::cached;

#[cached(cache_if = |)]
fn bar(n: u64) -> u64 { n }

#[cached(cache_if = |v)]
fn argument(n: u64) -> u64 { n }

#[cached(cache_if = |v|)]
fn no_body(n: u64) -> u64 { n }

#[cached(ttl = |v| v.)]
fn field(n: u64) -> u64 { n }

fn main() {
    let _ = (bar(1), bar::peek(1));
    let _ = (argument(1), argument::peek(1));
    let _ = (no_body(1), no_body::peek(1));
    let _ = (field(1), field::peek(1));
}
