use larder::cached;

#[cached(ttl = 30, ;)]
fn semicolon(n: u64) -> u64 { n }

#[cached(ttl = 30, ..)]
fn dots(n: u64) -> u64 { n }

#[cached(ttl = 30,,)]
fn commas(n: u64) -> u64 { n }

#[cached(ttl = "30" s)]
fn word(n: u64) -> u64 { n }

fn main() {
    let _ = (semicolon(1), semicolon::peek(1));
    let _ = (dots(1), dots::peek(1));
    let _ = (commas(1), commas::peek(1));
    let _ = (word(1), word::peek(1));
}
