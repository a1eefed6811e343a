use larder::cached;

#[cached(skip(dbb))]
fn user(db: &str, id: u64) -> u64 { id + db.len() as u64 }

struct S;

impl S {
    #[cached(skip(slef), companions)]
    fn method(&self, id: u64) -> u64 { id }
}

fn main() {
    let _ = (user("", 1), user::peek(1));
    let _ = (S.method(1), S::method_peek(1));
}
