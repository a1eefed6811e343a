use larder::cached;

const SECONDS: i32 = 30;

#[cached(ttl = String::new())]
fn text(n: u64) -> u64 { n }

#[cached(ttl = SECONDS)]
fn constant(n: u64) -> u64 { n }

#[cached(ttl = n as u32)]
fn of_an_argument(n: u64) -> u64 { n }

fn main() {
    let _ = (text(1), text::peek(1));
    let _ = (constant(1), constant::peek(1));
    let _ = (of_an_argument(1), of_an_argument::peek(1));
}
