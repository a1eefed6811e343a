use larder::cached;

#[derive(Hash)]
struct User;

#[cached(key = "user:{user}")]
fn display(user: User) -> u64 { let _ = user; 1 }

#[cached(key = "user:{user:?}")]
fn debug(user: &User) -> u64 { let _ = user; 1 }

fn main() {
    let _ = (display(User), display::peek(User));
    let _ = (debug(&User), debug::peek(&User));
}
