//! For how long a response is stored: `s-maxage`, the layer, `max-age`, `Expires`, the handler, in this order.

use std::time::Duration;

use larder::Ttl;

use super::site::{Site, answer, get, send, text};

/// For how many seconds a response with these headers is fresh, by a layer of this duration; 0 if it is not stored.
async fn lifetime(duration: Ttl, headers: &'static [(&'static str, &'static str)]) -> u64 {
    let site = Site::new();
    let app = site.app(site.layer().duration(duration), move |_, run| answer(headers, run.to_string()));
    text(&app, "/x").await;
    let status = send(&app, get("/x", &[])).await.cache_status().to_owned();
    let ttl = status.strip_prefix("larder; hit; ttl=").map_or(0, |ttl| ttl.parse().unwrap());
    if ttl > 0 {
        site.clock.advance(Duration::from_millis(ttl * 1_000 - 1));
        assert_eq!(text(&app, "/x").await, "1", "{headers:?}");
        site.clock.advance(Duration::from_millis(1));
        assert_eq!(text(&app, "/x").await, "2", "{headers:?}");
    }
    ttl
}

#[tokio::test]
async fn the_most_explicit_word_counts() {
    let layer = Ttl::from(30);
    assert_eq!(lifetime(layer, &[]).await, 30);
    assert_eq!(lifetime(layer, &[("cache-control", "max-age=60, s-maxage=20")]).await, 20);
    assert_eq!(lifetime(layer, &[("cache-control", "max-age=60")]).await, 30);
    assert_eq!(lifetime(layer, &[("cache-control", "max-age=0")]).await, 30);
    assert_eq!(lifetime(Ttl::Default, &[("cache-control", "max-age=60")]).await, 60);
    assert_eq!(lifetime(Ttl::Default, &[]).await, 300);
}

#[tokio::test]
async fn what_is_stale_already_is_not_stored() {
    for headers in [
        &[("cache-control", "s-maxage=0")][..],
        &[("cache-control", "max-age=0")],
        &[("cache-control", "max-age=10"), ("age", "10")],
        &[("cache-control", "max-age=10"), ("age", "10, 3")],
        &[("cache-control", "max-age=soon")],
        &[("cache-control", "max-age=60"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")],
        &[("expires", "0")],
        &[("expires", "Sun, 06 Nov 1994 08:49:37 GMT")],
    ] {
        assert_eq!(lifetime(Ttl::Default, headers).await, 0, "{headers:?}");
    }
    assert_eq!(lifetime(Ttl::from(0), &[("cache-control", "s-maxage=60")]).await, 0);
}

/// For how many seconds a response is fresh whose `Date` and `Expires` are so many seconds off the clock.
async fn expiring(date: Option<i64>, expires: i64, control: &'static str) -> u64 {
    let site = Site::new();
    let now = site.clock.wall() / 1_000;
    let at = move |off: i64| {
        let time = std::time::UNIX_EPOCH + Duration::from_secs(now.checked_add_signed(off).unwrap());
        httpdate::fmt_http_date(time)
    };
    let app = site.app(site.layer().duration(Ttl::Default), move |_, run| {
        let mut response = answer(&[("expires", &at(expires)), ("cache-control", control)], run.to_string());
        if let Some(date) = date {
            response.headers_mut().insert("date", at(date).parse().unwrap());
        }
        response
    });
    text(&app, "/x").await;
    let status = send(&app, get("/x", &[])).await.cache_status().to_owned();
    status.strip_prefix("larder; hit; ttl=").map_or(0, |ttl| ttl.parse().unwrap())
}

#[tokio::test]
async fn what_came_late_is_fresh_for_less() {
    assert_eq!(expiring(None, 60, "").await, 60);
    assert_eq!(expiring(Some(0), 60, "").await, 60);
    assert_eq!(expiring(Some(-20), 40, "").await, 40, "a minute, a third of which is over");
    assert_eq!(expiring(Some(-600), -100, "").await, 0);
    assert_eq!(expiring(Some(-600), 60, "max-age=300").await, 0);
    assert_eq!(expiring(Some(0), 60, "max-age=20").await, 20);
    assert_eq!(expiring(Some(30), 90, "").await, 60, "a clock that is ahead makes nothing younger");
}

#[tokio::test]
async fn enormous_numbers_are_for_ever() {
    let site = Site::new();
    let app = site.app(site.layer().duration(Ttl::Default), |_, run| {
        answer(&[("cache-control", "max-age=99999999999999999999999")], run.to_string())
    });
    text(&app, "/x").await;
    site.clock.advance(Duration::from_secs(1 << 40));
    assert_eq!(text(&app, "/x").await, "1");
}
