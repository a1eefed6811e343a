//! Redis, shared by every process: start a server, then twice
//! `REDIS_URL=redis://localhost:6379/0 cargo run --example redis`
//!
//! The first program runs the function, the second finds its result. With no server there both run it.

use larder::{Cache, Ram, Redis, cached};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Report {
    title: String,
    rows: Vec<(String, f64)>,
}

/// Its keys can be read: `larder-example:f:0:report:de:2026`.
#[cached(handler = "redis", ttl = "5m", name = "report", key = "{country}:{year}", tags = ["reports"])]
async fn report(country: &str, year: u16) -> Report {
    println!("… computing the report");
    Report { title: format!("{country} {year}"), rows: vec![("total".into(), 12.5)] }
}

#[tokio::main]
async fn main() -> Result<(), larder::Error> {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://localhost:6379/0".into());
    Cache::builder()
        .handler("ram", Ram::builder())
        .handler("redis", Redis::builder().url(url).prefix("larder-example:"))
        .build()?
        .install()?;

    println!("{:?}", report("de", 2026).await);
    println!("{:?}", report("de", 2026).await.title);
    let stats = report::stats();
    println!("{} {}, {} hits", stats.runs, if stats.runs == 1 { "run" } else { "runs" }, stats.hits);

    // What every other process would see, too: larder::cache().invalidate_tag("reports").await?;
    Ok(())
}
