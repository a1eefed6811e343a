use larder::cached;

#[cached]
static N: u64 = 1;

#[cached]
static mut M: u64 = 1;

fn main() {
    let _ = N;
}
