use larder::cached;

#[cached(bypass = fresh)]
fn bypass(n: u64) -> u64 { n }

#[cached(refresh = n > limit())]
fn refresh(n: u64) -> u64 { n }

fn main() {
    let _ = (bypass(1), bypass::peek(1));
    let _ = (refresh(1), refresh::peek(1));
}
