use larder::cached;

#[cached]
fn function(f: fn(u8) -> u8) -> u8 { f(1) }

#[cached]
fn pattern((f): fn(u8) -> u8) -> u8 { f(1) }

fn main() {
    let _ = (function(|n| n), function::peek(|n| n));
    let _ = pattern(|n| n);
}
