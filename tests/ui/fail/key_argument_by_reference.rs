use larder::cached;

struct Db;

#[cached]
fn user(db: &Db, id: u64) -> u64 { let _ = db; id }

#[cached]
async fn later(db: &mut Db, id: u64) -> u64 { let _ = db; id }

fn main() {
    let _ = (user(&Db, 1), user::peek(&Db, 1));
    drop(later(&mut Db, 1));
}
