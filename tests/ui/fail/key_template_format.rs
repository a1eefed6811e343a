use larder::cached;

#[cached(key = "user:{id:width$}")]
fn width(id: u64, width: usize) -> u64 { id + width as u64 }

#[cached(key = "user:{id:.*}")]
fn precision(id: u64) -> u64 { id }

#[cached(key = "user:{id:y}")]
fn unknown(id: u64) -> u64 { id }

#[cached(key = "user:{name:x}")]
fn not_of_the_type(name: &str) -> usize { name.len() }

fn main() {
    let _ = (width(1, 1), width::peek(1, 1));
    let _ = (precision(1), precision::peek(1));
    let _ = (unknown(1), unknown::peek(1));
    let _ = (not_of_the_type(""), not_of_the_type::peek(""));
}
