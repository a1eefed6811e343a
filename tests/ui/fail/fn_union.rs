use larder::cached;

#[cached]
union Union { n: u64 }

fn main() {
    let _ = Union { n: 1 };
}
