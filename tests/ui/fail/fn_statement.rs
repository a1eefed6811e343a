use larder::cached;

fn main() {
    #[cached]
    let n = 1;
    let _ = n;
}
