use larder::cached;

#[cached(tll = 30, tags = ["{idd}"], cache_err)]
const fn several(id: &u64, #[cfg(all())] other: *const u8) -> Option<&u64> {
    let _ = other;
    Some(id)
}

fn main() {
    let _ = several(&1, &1);
}
