use larder::cached;

#[cached(companions = )]
fn missing(n: u64) -> u64 { n }

#[cached(companions = "")]
fn empty(n: u64) -> u64 { n }

struct S;

impl S {
    #[cached(companions, skip(sel))]
    fn method(&self, n: u64) -> u64 { n }
}

fn main() {
    let _ = (missing(1), missing::peek(1));
    let _ = (empty(1), empty::peek(1));
    let _ = (S.method(1), S::method_peek(1));
}
