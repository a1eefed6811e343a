use larder::cached;

#[cached]
fn types(n: u64) -> u64 {
    let text: String = n;
    text.len() as u64
}

#[cached]
async fn later(n: u64) -> u64 {
    let text: String = n;
    missing(text).await
}

fn main() {
    let _ = (types(1), types::peek(1));
    drop((later(1), later::peek(1)));
}
