use larder::cached;

#[cached(ttl = 30)(key)]
fn second_list(n: u64) -> u64 { n }

fn main() {
    let _ = second_list(1);
}
