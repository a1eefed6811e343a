use larder::cached;

#[cached]
fn iterator(n: u64) -> impl Iterator<Item = u64> { 0..n }

#[cached]
fn inside(n: u64) -> Option<impl Clone> { Some(n) }

#[cached]
async fn later(n: u64) -> impl Clone { n }

fn main() {
    let _ = (iterator(1), inside(1));
    drop(later(1));
}
