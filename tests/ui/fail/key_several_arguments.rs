use larder::cached;

struct Db;

#[cached]
fn user(db: &Db, id: u64, other: Db) -> u64 { let _ = (db, other); id }

fn main() {
    let _ = (user(&Db, 1, Db), user::peek(&Db, 1, Db));
}
