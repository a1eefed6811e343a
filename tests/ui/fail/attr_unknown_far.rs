use larder::cached;

#[cached(colour = "red")]
fn number(n: u64) -> u64 { n }

#[cached(verbose)]
fn flag(n: u64) -> u64 { n }

#[cached(options(a = 1, b(c)))]
fn list(n: u64) -> u64 { n }

fn main() {
    let _ = (number(1), number::peek(1));
    let _ = (flag(1), flag::peek(1));
    let _ = (list(1), list::peek(1));
}
