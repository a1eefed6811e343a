use larder::cached;

#[cached(handlr = "ram", ttl = "5min", skip(dbb), version = "2", key = "user:{idd}", cache_if)]
fn several(db: &str, id: u64) -> u64 {
    let _ = db;
    id
}

fn main() {
    several("", 1);
    let _ = several::peek(1);
    let _ = several::refresh("", 1);
}
