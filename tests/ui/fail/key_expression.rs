use larder::cached;

struct Db { id: u64 }

#[cached(key = (db, id))]
fn tuple(db: &Db, id: u64) -> u64 { db.id + id }

#[cached(key = db)]
fn argument(db: &Db, id: u64) -> u64 { db.id + id }

#[cached(key = db.name)]
fn field(db: &Db, id: u64) -> u64 { db.id + id }

#[cached(key = db.id + "text")]
fn sum(db: &Db) -> u64 { db.id }

fn main() {
    let db = Db { id: 1 };
    let _ = (tuple(&db, 1), tuple::peek(&db, 1));
    let _ = (argument(&db, 1), argument::peek(&db, 1));
    let _ = (field(&db, 1), field::peek(&db, 1));
    let _ = (sum(&db), sum::peek(&db));
}
