use larder::cached;

#[cached]
const N: u64 = 1;

fn main() {
    let _ = N;
}
