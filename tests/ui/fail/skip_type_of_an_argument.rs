use larder::cached;

#[cached(skip(u64))]
fn by_type(id: u64, db: &str) -> u64 { id + db.len() as u64 }

#[cached(skip(id: u64))]
fn with_type(id: u64, db: &str) -> u64 { id + db.len() as u64 }

#[cached(skip(_))]
fn no_wild(id: u64) -> u64 { id }

fn main() {
    let _ = (by_type(1, ""), by_type::clear());
    let _ = (with_type(1, ""), with_type::peek(""));
    let _ = (no_wild(1), no_wild::peek(1));
}
