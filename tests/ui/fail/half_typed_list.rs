use larder::cached;

#[cached(skip())]
fn empty(db: &str, n: u64) -> u64 { n + db.len() as u64 }

#[cached(skip(d))]
fn letter(db: &str, n: u64) -> u64 { n + db.len() as u64 }

#[cached(skip(db, ))]
fn comma_is_fine(db: &str, n: u64) -> u64 { n + db.len() as u64 }

#[cached(skip(db,,))]
fn commas(db: &str, n: u64) -> u64 { n + db.len() as u64 }

#[cached(tags = [, "a"])]
fn tags(n: u64) -> u64 { n }

fn main() {
    let _ = (empty("", 1), empty::clear());
    let _ = (letter("", 1), letter::peek(1));
    let _ = (comma_is_fine("", 1), comma_is_fine::peek(1));
    let _ = (commas("", 1), commas::peek(1));
    let _ = (tags(1), tags::peek(1));
}
