use larder::cached;

#[cached]
fn forever(n: u64) -> &'static mut u64 { Box::leak(Box::new(n)) }

#[cached]
fn elided(n: &mut u64) -> &mut u64 { n }

fn main() {
    let _ = (forever(1), elided(&mut 1));
}
