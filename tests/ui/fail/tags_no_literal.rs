use larder::cached;

const USERS: &str = "users";

#[cached(tags = [USERS])]
fn constant(id: u64) -> u64 { id }

#[cached(tags = [format!("user:{id}")])]
fn format(id: u64) -> u64 { id }

#[cached(tags = vec!["users"])]
fn vector(id: u64) -> u64 { id }

#[cached(tags = ["users", id])]
fn argument(id: u64) -> u64 { id }

fn main() {
    let _ = (constant(1), constant::peek(1));
    let _ = (format(1), format::peek(1));
    let _ = (vector(1), vector::peek(1));
    let _ = (argument(1), argument::peek(1));
    let _ = USERS;
}
