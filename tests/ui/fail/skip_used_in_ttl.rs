use larder::cached;

#[cached(skip(db), ttl = db.len() as u64)]
fn user(db: &str, id: u64) -> u64 { id + db.len() as u64 }

fn main() {
    let _ = (user("", 1), user::peek(1));
}
