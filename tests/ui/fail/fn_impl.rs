use larder::cached;

struct Struct;

#[cached(ttl = 30)]
impl Struct {
    fn method(&self, n: u64) -> u64 { n }
}

fn main() {
    let _ = Struct.method(1);
}
