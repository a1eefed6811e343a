use larder::cached;

#[cached[tll = 5]]
fn brackets(n: u64) -> u64 { n }

#[cached{tll = 5}]
fn braces(n: u64) -> u64 { n }

fn main() {
    let _ = (brackets(1), brackets::peek(1));
    let _ = (braces(1), braces::peek(1));
}
