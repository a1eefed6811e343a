use larder::cached;

#[cached(tags = ["users", "db:{db}"], skip(db))]
fn user(db: &str, id: u64) -> u64 { id + db.len() as u64 }

fn main() {
    let _ = (user("", 1), user::peek(1));
}
