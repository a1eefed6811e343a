//! After an invalidation nobody gets what was before it, and no request that is under way brings it back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::Request;
use larder::http::{Cookies, ResponseCache};

use super::site::{Site, answer, get, request, send, text, until};
use crate::support::{Gate, KINDS, rig};

/// A page that shows a number, and a form that changes it.
fn counter(layer: &ResponseCache) -> (Router, Arc<AtomicU32>) {
    let number = Arc::new(AtomicU32::new(0));
    let shown = Arc::clone(&number);
    let page = move |request: Request| {
        let shown = Arc::clone(&shown);
        async move {
            let number = match *request.method() {
                http::Method::GET => shown.load(Ordering::SeqCst),
                _ => shown.fetch_add(1, Ordering::SeqCst) + 1,
            };
            number.to_string()
        }
    };
    (Router::new().route("/{*rest}", axum::routing::any(page)).layer(layer.clone()), number)
}

#[tokio::test]
async fn a_change_is_seen_at_once_on_every_handler_and_in_every_variant() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder()
            .cache(rig.cache.clone())
            .namespace("site")
            .duration(30)
            .headers(["x-t"])
            .languages(["en", "it"]);
        let (app, _) = counter(&layer.build());
        let ask = async |target: &str, tenant: &str, language: &str| {
            send(&app, get(target, &[("x-t", tenant), ("accept-language", language)])).await.text().to_owned()
        };
        for (target, tenant, language) in [("/x", "1", "en"), ("/x?page=2", "2", "it"), ("/y", "1", "en")] {
            assert_eq!(ask(target, tenant, language).await, "0", "{kind}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "MKCOL"] {
            let before: u32 = ask("/x", "1", "en").await.parse().unwrap();
            send(&app, request(method, "/x", &[])).await;
            assert_eq!(ask("/x", "1", "en").await, (before + 1).to_string(), "{kind} {method}");
            assert_eq!(ask("/x?page=2", "2", "it").await, (before + 1).to_string(), "{kind} {method}");
            assert_eq!(ask("/y", "1", "en").await, "0", "{kind}: another path stays");
        }
    }
}

#[tokio::test]
async fn a_change_that_is_refused_changes_nothing_stored() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let mut response = answer(&[], run.to_string());
        if request.method() != "GET" {
            *response.status_mut() = http::StatusCode::FORBIDDEN;
        }
        response
    });
    assert_eq!(text(&app, "/x").await, "1");
    send(&app, request("POST", "/x", &[])).await;
    assert_eq!(text(&app, "/x").await, "1");
}

#[tokio::test]
async fn what_the_answer_points_to_on_the_same_host_is_stale_too() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let location = request.headers().get("x-to").map_or("", |to| to.to_str().unwrap());
        answer(&[("location", location)], run.to_string())
    });
    for (to, stale) in [
        ("/x", true),
        ("/x?y#z", true),
        ("http://here/x", true),
        ("http://HERE/x", true),
        ("http://there/x", false),
        ("//there/x", false),
        ("x", false),
        (":", false),
    ] {
        let before = text(&app, "/x").await;
        send(&app, request("POST", "/form", &[("x-to", to), ("host", "here")])).await;
        assert_eq!(text(&app, "/x").await != before, stale, "{to}");
    }
}

#[tokio::test]
async fn a_path_a_pattern_and_everything_can_be_dropped() {
    let site = Site::new();
    let layer = site.layer().namespace("a*b").build();
    let app = Router::new().route("/{*rest}", site.handler(|_, run| answer(&[], run.to_string()))).layer(layer.clone());
    let all = async || {
        let mut texts = Vec::new();
        for target in ["/posts", "/posts/1", "/posts?page=2", "/about"] {
            texts.push(text(&app, target).await.parse::<u32>().unwrap());
        }
        texts
    };
    assert_eq!(all().await, [1, 2, 3, 4]);
    layer.invalidate("/posts").await.unwrap();
    assert_eq!(all().await, [5, 2, 6, 4]);
    layer.invalidate_matching("/posts*").await.unwrap();
    assert_eq!(all().await, [7, 8, 9, 4]);
    layer.invalidate_matching("/posts").await.unwrap();
    assert_eq!(all().await, [10, 8, 9, 4]);
    layer.invalidate_matching(r"/posts\?*").await.unwrap();
    assert_eq!(all().await, [10, 8, 11, 4]);
    layer.clear().await.unwrap();
    assert_eq!(all().await, [12, 13, 14, 15]);
    site.cache.clear_matching(r"a\*b:/about").await.unwrap();
    assert_eq!(all().await, [12, 13, 14, 16]);
    site.layer().namespace("a*b:").build().invalidate_matching("*").await.unwrap();
    site.layer().namespace("a*").build().invalidate_matching("*").await.unwrap();
    assert_eq!(all().await, [12, 13, 14, 16], "namespaces whose names begin alike are others");
    site.cache.clear().await.unwrap();
    assert_eq!(all().await, [17, 18, 19, 20]);
}

#[tokio::test]
async fn patterns_reach_responses_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder().cache(rig.cache.clone()).namespace("site").duration(30).build();
        let (app, number) = counter(&layer);
        for target in ["/posts/1", "/about", "/posts"] {
            text(&app, target).await;
        }
        until("all of them are stored", || layer.stats().stores == 3).await;
        number.store(7, Ordering::SeqCst);
        layer.invalidate_matching("/posts").await.unwrap();
        assert_eq!((text(&app, "/posts").await, text(&app, "/posts/1").await), ("7".into(), "0".into()), "{kind}");
        layer.invalidate_matching("/posts/?").await.unwrap();
        assert_eq!((text(&app, "/posts/1").await, text(&app, "/about").await), ("7".into(), "0".into()), "{kind}");
    }
}

#[tokio::test]
async fn tags_of_a_layer_are_dropped_like_those_of_functions() {
    let site = Site::new();
    let tags = |request: &http::request::Parts| vec![format!("team:{}", request.uri.query().unwrap_or_default())];
    let app = site.counting(site.layer().tags(tags));
    assert_eq!(text(&app, "/x?eng").await, "1");
    assert_eq!(text(&app, "/x?ops").await, "2");
    site.cache.invalidate_tag("team:eng").await.unwrap();
    assert_eq!(text(&app, "/x?eng").await, "3");
    assert_eq!(text(&app, "/x?ops").await, "2");
}

/// An app whose `GET` reads the number, waits at the gate, and then answers with what it read; and what that varies by.
fn slow(layer: ResponseCache, gate: &Gate, number: &Arc<AtomicU32>, vary: &'static str) -> Router {
    let (gate, number) = (gate.clone(), Arc::clone(number));
    let page = move |request: Request| {
        let (gate, number) = (gate.clone(), Arc::clone(&number));
        async move {
            if request.method() != http::Method::GET {
                return answer(&[], number.fetch_add(1, Ordering::SeqCst).to_string());
            }
            let read = number.load(Ordering::SeqCst);
            if request.headers().contains_key("x-slow") {
                gate.passed().await;
            }
            answer(&[("vary", vary)], read.to_string())
        }
    };
    Router::new().route("/x", axum::routing::any(page)).layer(layer)
}

#[tokio::test]
async fn a_get_that_began_before_a_change_does_not_bring_back_a_variant_either() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder().cache(rig.cache.clone()).namespace("site").duration(30).build();
        for (how, known) in [("POST", false), ("POST", true), ("matching", false), ("matching", true), ("clear", true)]
        {
            let (gate, number) = (Gate::default(), Arc::default());
            let app = slow(layer.clone(), &gate, &number, "x-slow");
            layer.clear().await.unwrap();
            if known {
                // What is stored by now is stored behind its client's back.
                while !send(&app, get("/x", &[])).await.is_hit() {
                    tokio::task::yield_now().await;
                }
            }
            let runs = layer.stats().runs;
            let old = tokio::spawn({
                let app = app.clone();
                async move { send(&app, get("/x", &[("x-slow", "1")])).await.text().to_owned() }
            });
            until("the slow run began", || layer.stats().runs > runs).await;
            if how == "POST" {
                send(&app, request("POST", "/x", &[])).await;
            } else {
                number.store(1, Ordering::SeqCst);
                match how {
                    "matching" => layer.invalidate_matching("/*").await.unwrap(),
                    _ => layer.clear().await.unwrap(),
                }
            }
            gate.open();
            assert_eq!(old.await.unwrap(), "0", "{kind} {how} {known}");
            let new = send(&app, get("/x", &[("x-slow", "1")])).await;
            assert_eq!(new.text(), "1", "{kind} {how} {known}");
        }
    }
}

#[tokio::test]
async fn a_get_that_began_before_a_change_does_not_bring_back_what_was() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder().cache(rig.cache.clone()).namespace("site").duration(30).build();
        for how in ["POST", "invalidate", "matching", "clear"] {
            let (gate, number) = (Gate::default(), Arc::default());
            let app = slow(layer.clone(), &gate, &number, "");
            layer.clear().await.unwrap();
            let old = tokio::spawn({
                let app = app.clone();
                async move { send(&app, get("/x", &[("x-slow", "1")])).await.text().to_owned() }
            });
            let runs = layer.stats().runs;
            until("the slow run began", || layer.stats().runs > runs).await;
            match how {
                "POST" => drop(send(&app, request("POST", "/x", &[])).await),
                other => {
                    number.store(1, Ordering::SeqCst);
                    match other {
                        "invalidate" => layer.invalidate("/x").await.unwrap(),
                        "matching" => layer.invalidate_matching("/*").await.unwrap(),
                        _ => layer.clear().await.unwrap(),
                    }
                }
            }
            gate.open();
            assert_eq!(old.await.unwrap(), "0", "{kind} {how}");
            assert_eq!(text(&app, "/x").await, "1", "{kind} {how}");
        }
    }
}

#[tokio::test]
async fn a_change_whose_client_goes_away_may_have_happened() {
    let site = Site::new();
    let gate = Gate::default();
    let number = Arc::new(AtomicU32::new(0));
    let (inner, held) = (Arc::clone(&number), gate.clone());
    let page = move |request: Request| {
        let (number, gate) = (Arc::clone(&inner), held.clone());
        async move {
            if request.method() != http::Method::GET {
                number.fetch_add(1, Ordering::SeqCst);
                gate.passed().await;
            }
            number.load(Ordering::SeqCst).to_string()
        }
    };
    let app = Router::new().route("/x", axum::routing::any(page)).layer(site.layer().cookies(Cookies::Ignore).build());
    assert_eq!(text(&app, "/x").await, "0");
    let change = tokio::spawn({
        let app = app.clone();
        async move { send(&app, request("POST", "/x", &[])).await }
    });
    until("the change happened", || number.load(Ordering::SeqCst) == 1).await;
    change.abort();
    assert!(change.await.unwrap_err().is_cancelled());
    assert_eq!(text(&app, "/x").await, "1");
}
