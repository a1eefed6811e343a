use larder::cached;

#[cached]
async fn plain(n: u64) -> u64 { n }

async fn user() {
    let _ = plain::prime(1, "text").await;
}

fn main() {
    drop(user());
}
