use larder::cached;

#[cached]
fn user(n: u64) -> u64 { n }

fn main() {
    let _ = user.peek(1);
    let _: fn(u64) -> u64 = user::again;
}
