use larder::cached;

#[cached(key = "user:{db}:{id}", skip(db))]
fn template(db: &str, id: u64) -> u64 { id + db.len() as u64 }

#[cached(key = (db.len(), id), skip(db))]
fn expression(db: &str, id: u64) -> u64 { id + db.len() as u64 }

struct S { id: u64 }

impl S {
    #[cached(key = "user:{self.id}", skip(self))]
    fn itself(&self) -> u64 { self.id }
}

fn main() {
    let _ = (template("", 1), template::peek(1));
    let _ = (expression("", 1), expression::peek(1));
    let _ = S { id: 1 }.itself();
}
