use larder::cached;

struct Db;

#[cached]
fn user(db: Db, id: u64) -> u64 { let _ = db; id }

#[cached]
fn inside(dbs: Vec<Option<Db>>, id: u64) -> u64 { let _ = dbs; id }

fn main() {
    let _ = (user(Db, 1), user::peek(Db, 1));
    let _ = (inside(Vec::new(), 1), inside::peek(Vec::new(), 1));
}
