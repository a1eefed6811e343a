use larder::cached;

#[cached]
fn syntax(n: u64) -> u64 {
    let m = n +;
    m
}

fn main() {
    let _ = (syntax(1), syntax::peek(1));
}
