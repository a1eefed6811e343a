use larder::cached;

#[cached(skip(db))]
fn user(db: &str, n: u64) -> u64 { n + db.len() as u64 }

fn main() {
    let _ = user::peek("", 1);
    let _ = user::refresh(1);
}
