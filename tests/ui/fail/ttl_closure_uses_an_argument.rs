use larder::cached;

#[cached(ttl = |v| v + least)]
fn user(id: u64, least: u64) -> u64 { id + least }

fn main() {
    let _ = (user(1, 1), user::peek(1, 1));
}
