//! Memory in front of Redis, never older than what the server says: start a server, then
//! `REDIS_URL=redis://localhost:6379/0 cargo run --example tiered`
//!
//! What is read once comes from memory after that; what another process changes is gone from there a round trip later.

use larder::{Cache, Ram, Redis, Tiered, cached};

#[cached(handler = "tiered", ttl = "5m", name = "price", key = "{article}")]
async fn price(article: &str) -> u64 {
    println!("… asking the database for the price of {article}");
    1_250
}

fn handler() -> larder::TieredBuilder {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://localhost:6379/0".into());
    Tiered::new(Ram::builder().threshold(10_000), Redis::builder().url(url).prefix("larder-tiered:"))
}

#[tokio::main]
async fn main() -> Result<(), larder::Error> {
    Cache::builder().handler("tiered", handler()).build()?.install()?;
    // It stands for another process: it shares nothing with this one but the server.
    let elsewhere = Cache::builder().handler("tiered", handler()).build()?;

    for _ in 0..3 {
        println!("{}", price("tea").await);
    }
    match elsewhere.clear_matching("price:*").await {
        Ok(()) => println!("another process cleared all prices"),
        Err(error) => println!("no server: {error}"),
    }
    println!("{}", price("tea").await);
    let stats = price::stats();
    println!("{} runs, {} hits", stats.runs, stats.hits);
    Ok(())
}
