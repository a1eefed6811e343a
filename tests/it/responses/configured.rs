//! Configurations: what cannot work is said, and never makes a site fail.

use std::time::Duration;

use axum::Router;
use axum::routing::get as route_get;
use larder::http::ResponseCache;
use larder::{Cache, Clock, Ram};

use super::site::{Site, get, send, text};
use crate::support::Runs;

#[test]
fn every_mistake_is_named() {
    let cache = Cache::builder().handler("ram", Ram::builder()).build().unwrap();
    let error = ResponseCache::builder()
        .cache(cache)
        .handler("disc")
        .headers(["x tenant"])
        .languages(["en", "e n"])
        .statuses([200, 206])
        .cache_status("no token")
        .try_build()
        .unwrap_err()
        .to_string();
    for part in ["`disc`", "`x tenant` is no name of a header", "`e n` is no language", "206", "`no token`"] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[tokio::test]
async fn with_a_configuration_that_cannot_work_nothing_is_cached_and_all_is_answered() {
    let site = Site::new();
    for layer in [site.layer().headers(["x tenant"]), site.layer().handler("disc")] {
        site.runs.take();
        let app = site.counting(layer);
        assert_eq!(text(&app, "/x").await, "1");
        let second = send(&app, get("/x", &[])).await;
        assert_eq!(second.text(), "2");
        assert!(second.cache_status().starts_with("larder; fwd=bypass"), "{}", second.cache_status());
    }
}

#[tokio::test]
async fn a_layer_without_a_cache_of_its_own_uses_that_of_the_lab() {
    static RUNS: Runs = Runs::new();
    let layer = || ResponseCache::builder().handler("pages").duration(30);
    let app = Router::new().route("/x", route_get(async || RUNS.add().to_string())).layer(layer().build());
    {
        let lab = larder::test::lab();
        assert_eq!(text(&app, "/x").await, "1");
        assert_eq!(text(&app, "/x").await, "1");
        lab.advance(Duration::from_secs(30));
        assert_eq!(text(&app, "/x").await, "2");
        lab.fail("pages");
        let answer = send(&app, get("/x", &[])).await;
        assert_eq!(answer.text(), "3");
        assert_eq!(answer.cache_status(), "larder; fwd=uri-miss; fwd-status=200; detail=handler-away");
    }
    let _other = larder::test::lab();
    assert_eq!(text(&app, "/x").await, "4");
}

#[tokio::test]
async fn without_any_cache_there_is_one_in_memory() {
    static RUNS: Runs = Runs::new();
    let app =
        Router::new().route("/x", route_get(async || RUNS.add().to_string())).layer(ResponseCache::builder().build());
    assert_eq!(text(&app, "/x").await, "1");
    assert_eq!(text(&app, "/x").await, "1");
}

#[tokio::test]
async fn layers_of_one_namespace_share_and_others_do_not() {
    let site = Site::new();
    let app = |namespace: &str| site.counting(site.layer().namespace(namespace));
    assert_eq!(text(&app("a"), "/x").await, "1");
    assert_eq!(text(&app("a"), "/x").await, "1");
    assert_eq!(text(&app("b"), "/x").await, "2");
    // Those that are not named are told apart by where they stand.
    let here = ResponseCache::builder().cache(site.cache.clone());
    let there = ResponseCache::builder().cache(site.cache.clone());
    assert_eq!(text(&site.counting(here), "/x").await, "3");
    assert_eq!(text(&site.counting(there), "/x").await, "4");
}

#[tokio::test]
async fn other_statuses_are_stored_if_they_are_named() {
    let site = Site::new();
    let app = site.app(site.layer().statuses([200, 404]), |_, run| {
        let mut response = super::site::answer(&[], run.to_string());
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        response
    });
    text(&app, "/x").await;
    let hit = send(&app, get("/x", &[])).await;
    assert_eq!((hit.status.as_u16(), hit.text()), (404, "1"));
}

#[tokio::test]
async fn hits_misses_and_runs_are_counted_by_namespace() {
    let site = Site::new();
    let layer = site.layer().build();
    let app = Router::new().route("/{*rest}", site.handler(|_, _| super::site::answer(&[], ""))).layer(layer.clone());
    for _ in 0..3 {
        text(&app, "/x").await;
    }
    let stats = layer.stats();
    assert_eq!((stats.hits, stats.misses, stats.runs, stats.stores), (2, 1, 1, 1));
    let row = &site.cache.stats().responses[0];
    assert_eq!((row.name.as_str(), row.stats), ("site", stats));
}

#[tokio::test]
async fn a_standing_clock_of_the_cache_is_the_clock_of_its_responses() {
    let clock = Clock::standing();
    let cache =
        Cache::builder().handler("ram", Ram::builder().default_expire(10)).clock(clock.clone()).build().unwrap();
    let site = Site { cache: cache.clone(), clock, runs: std::sync::Arc::default() };
    let app = site.counting(ResponseCache::builder().cache(cache));
    text(&app, "/x").await;
    site.clock.advance(Duration::from_secs(9));
    assert_eq!(send(&app, get("/x", &[])).await.cache_status(), "larder; hit; ttl=1");
}
