use larder::cached;

#[cached]
fn user(n: u64) -> Result<u64, ()> { Ok(n) }

fn main() {
    let _ = user::prime(1, "text");
    let _ = user::prime(1, Some(5_u64));
}
