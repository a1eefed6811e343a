use larder::cached;

#[cached]
fn wrong_type(n: u64) -> u64 { n }

#[cached]
async fn wrong_number(n: u64, m: u64) -> u64 { n + m }

fn main() {
    let _ = wrong_type("text");
    let _ = wrong_type::peek("text");
    drop(wrong_number(1));
    drop(wrong_number::refresh(1));
    let _ = wrong_type::forget(1);
}
