use larder::cached;

#[cached]
const fn constant(n: u64) -> u64 { n }

#[cached]
pub const unsafe fn with_unsafe(n: u64) -> u64 { n }

fn main() {
    let _ = (constant(1), constant::peek(1));
    let _ = with_unsafe::peek(1);
}
