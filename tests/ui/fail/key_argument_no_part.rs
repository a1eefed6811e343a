use larder::cached;

struct Db;

#[cached]
fn user(db: &Db, id: u64) -> u64 { let _ = db; id }

#[cached]
fn generic<T>(t: T, id: u64) -> u64 { let _ = t; id }

struct S;

impl S {
    #[cached]
    fn method(&self, id: u64) -> u64 { id }
}

fn main() {}
