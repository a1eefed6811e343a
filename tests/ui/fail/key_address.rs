use larder::cached;

#[cached]
fn pointer(p: *const u8) -> u64 { let _ = p; 1 }

#[cached]
fn function(f: fn(u8) -> u8) -> u8 { f(1) }

fn main() {}
