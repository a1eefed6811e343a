use larder::cached;

#[cached(tll = 30)]
async fn unknown<T: std::hash::Hash>(db: &str, id: T) -> Result<u64, String> {
    let _ = (db, id);
    Ok(1)
}

async fn user() {
    let _ = unknown("", 1).await;
    let _ = unknown::prime("", 1, 5).await;
    let _: Result<Option<u64>, larder::Error> = unknown::peek("", 1).await;
    let _: u64 = unknown::stats().hits;
}

fn main() {
    drop(user());
}
