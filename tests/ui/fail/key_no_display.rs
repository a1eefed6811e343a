use larder::cached;

#[derive(Hash)]
struct User;

#[cached(key = "user:{user}")]
fn template(user: User) -> u64 { let _ = user; 1 }

fn main() {}
