use larder::cached;

#[cached(companions = false)]
fn free(n: u64) -> u64 { n }

struct S;

impl S {
    #[cached(skip(self))]
    fn method(&self, n: u64) -> u64 { n }
}

fn main() {
    let _ = free::peek(1);
    let _ = S::method_peek(&S, 1);
}
