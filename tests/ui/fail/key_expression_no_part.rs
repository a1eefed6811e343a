use larder::cached;

struct Db;

#[cached(key = (db, id))]
fn user(db: &Db, id: u64) -> u64 { let _ = db; id }

fn main() {}
