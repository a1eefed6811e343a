use larder::cached;

#[cached]
fn configured(n: u64, #[cfg(all())] m: u64) -> u64 { n + m }

fn main() {
    let _ = (configured(1, 2), configured::peek(1, 2));
}
