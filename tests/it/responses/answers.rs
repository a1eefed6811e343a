//! What every answer says of the cache: `Age`, `Date`, `Cache-Status`; and that the rest is as it came.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::site::{Site, answer, get, request, send};

#[tokio::test]
async fn a_hit_says_its_age_and_for_how_long_it_is_fresh() {
    let site = Site::new();
    let app = site.counting(site.layer().duration(30));
    let miss = send(&app, get("/x", &[])).await;
    assert_eq!(miss.cache_status(), "larder; fwd=uri-miss; fwd-status=200; stored");
    assert!(!miss.headers.contains_key("age"), "what the origin just gave has no age (RFC 9111, 5.1)");
    let date = httpdate::parse_http_date(miss.header("date")).unwrap();
    site.clock.advance(Duration::from_millis(12_900));
    let hit = send(&app, get("/x", &[])).await;
    assert_eq!((hit.cache_status(), hit.header("age")), ("larder; hit; ttl=17", "12"));
    assert_eq!(httpdate::parse_http_date(hit.header("date")).unwrap(), date);
}

#[tokio::test]
async fn the_age_that_a_response_came_with_counts() {
    let site = Site::new();
    let app = site.app(site.layer().duration(larder::Ttl::Default), |_, run| {
        answer(&[("age", "10"), ("cache-control", "max-age=30")], run.to_string())
    });
    send(&app, get("/x", &[])).await;
    site.clock.advance(Duration::from_secs(19));
    let hit = send(&app, get("/x", &[])).await;
    assert_eq!((hit.header("age"), hit.cache_status()), ("29", "larder; hit; ttl=1"));
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(send(&app, get("/x", &[])).await.text(), "2");
}

#[tokio::test]
async fn what_never_expires_has_no_ttl() {
    let site = Site::new();
    let app = site.counting(site.layer().duration(larder::Ttl::Forever));
    send(&app, get("/x", &[])).await;
    site.clock.advance(Duration::from_secs(1 << 32));
    let hit = send(&app, get("/x", &[])).await;
    assert_eq!((hit.cache_status(), hit.header("age")), ("larder; hit", "2147483648"));
}

#[tokio::test]
async fn an_enormous_age_is_as_large_as_can_be_said() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[("age", "99999999999999999999999")], ""));
    send(&app, get("/x", &[])).await;
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(send(&app, get("/x", &[])).await.header("age"), "2147483648");
}

#[tokio::test]
async fn every_other_answer_says_why_it_was_passed_on() {
    let site = Site::new();
    let app = site.counting(site.layer().cache_status("front"));
    for (method, headers, said) in [
        ("POST", &[][..], "front; fwd=method; fwd-status=200"),
        ("OPTIONS", &[], "front; fwd=method; fwd-status=200"),
        ("GET", &[("cookie", "a=b")], "front; fwd=bypass; fwd-status=200; detail=cookie"),
        ("GET", &[("range", "bytes=0-1")], "front; fwd=uri-miss; fwd-status=200; detail=range"),
        ("HEAD", &[], "front; fwd=uri-miss; fwd-status=200"),
        ("GET", &[("cache-control", "only-if-cached")], "front; detail=only-if-cached"),
    ] {
        assert_eq!(send(&app, request(method, "/x", headers)).await.cache_status(), said, "{method}");
    }
}

#[tokio::test]
async fn what_caches_further_in_say_is_kept() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[("cache-status", "origin; hit")], ""));
    for ours in ["larder; fwd=uri-miss; fwd-status=200; stored", "larder; hit; ttl=30"] {
        let answer = send(&app, get("/x", &[])).await;
        let lines: Vec<_> = answer.headers.get_all("cache-status").iter().collect();
        assert_eq!(lines, ["origin; hit", ours]);
    }
}

#[tokio::test]
async fn two_layers_one_inside_the_other_go_together() {
    let site = Site::new();
    let inner = site.counting(site.layer().cache_status("inner"));
    let app = inner.layer(site.layer().namespace("outer").cache_status("outer").build());
    assert_eq!(send(&app, get("/x", &[])).await.text(), "1");
    assert_eq!(send(&app, get("/x", &[])).await.text(), "1");
    // Also where they share their keys.
    let inner = site.counting(site.layer().cache_status("inner"));
    let app = inner.layer(site.layer().cache_status("outer").build());
    assert_eq!(send(&app, get("/y", &[])).await.text(), "2");
    assert_eq!(send(&app, get("/y", &[])).await.text(), "2");
}

#[tokio::test]
async fn headers_are_kept_to_the_byte_but_for_those_of_the_connection() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| {
        let mut response =
            answer(&[("x-a", "2"), ("x-b", "1"), ("x-a", "1"), ("connection", "close, x-hop"), ("x-hop", "1")], "body");
        let name = HeaderName::from_static("x-bytes");
        response.headers_mut().append(name, HeaderValue::from_bytes(b"\xff\xfe caf\xe9").unwrap());
        response
    });
    send(&app, get("/x", &[])).await;
    let hit = send(&app, get("/x", &[])).await;
    assert!(hit.is_hit());
    assert_eq!(hit.headers.get_all("x-a").iter().collect::<Vec<_>>(), ["2", "1"]);
    assert_eq!(hit.headers["x-bytes"].as_bytes(), b"\xff\xfe caf\xe9");
    assert!(!hit.headers.contains_key("x-hop") && !hit.headers.contains_key("connection"), "{:?}", hit.headers);
}
