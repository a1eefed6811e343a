use larder::cached;

#[cached(time = 30, size = 100, result = true, sync_writes = "default")]
fn cached_crate(n: u64) -> Result<u64, ()> { Ok(n) }

#[cached(ty = "HashMap<u64, u64>", create = "{ HashMap::new() }", convert = r#"{ n }"#)]
fn its_types(n: u64) -> u64 { n }

#[cached(max_capacity = 100, time_to_live = 30, in_impl, ignore(n), unless = "n > 1", namespace = "n")]
fn others(n: u64) -> u64 { n }

fn main() {
    let _ = (cached_crate(1), cached_crate::peek(1));
    let _ = (its_types(1), its_types::peek(1));
    let _ = (others(1), others::peek(1));
}
