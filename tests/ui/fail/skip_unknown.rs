use larder::cached;

#[cached(skip(dbb))]
fn near(db: &str, id: u64) -> u64 { id + db.len() as u64 }

#[cached(skip(context))]
fn far(db: &str, id: u64) -> u64 { id + db.len() as u64 }

#[cached(skip(self))]
fn no_receiver(id: u64) -> u64 { id }

#[cached(skip(id))]
fn nothing() -> u64 { 1 }

fn main() {}
