use larder::cached;

#[cached(key = "user:{db}:{id}", tags = ["db:{db}"], ttl = db.len() as u64, skip(db))]
fn user(db: &str, id: u64) -> u64 { id + db.len() as u64 }

fn main() {}
