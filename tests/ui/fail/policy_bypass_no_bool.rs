use larder::cached;

#[cached(bypass = n)]
fn bypass(n: u64) -> u64 { n }

#[cached(refresh = Some(true), skip(n))]
fn refresh(n: u64) -> u64 { n }

#[cached(bypass = std::env::var("CACHE"))]
async fn later(n: u64) -> u64 { n }

fn main() {
    let _ = (bypass(1), bypass::peek(1));
    let _ = (refresh(1), refresh::peek());
    drop((later(1), later::peek(1)));
}
