//! `Vary`: a response is given to requests only whose named headers are equal.

use std::collections::HashSet;

use super::site::{Site, answer, get, send, text};

/// Answers with what the request says under `name`, and says that it varies by `vary`.
fn echo(
    vary: &'static str,
    name: &'static str,
) -> impl Fn(&axum::extract::Request, u32) -> axum::response::Response + Clone {
    move |request, run| {
        let said = request.headers().get(name).map_or("-", |value| value.to_str().unwrap());
        answer(&[("vary", vary)], format!("{said} {run}"))
    }
}

#[tokio::test]
async fn responses_that_differ_by_a_header_are_kept_side_by_side() {
    let site = Site::new();
    let app = site.app(site.layer(), echo("Accept", "accept"));
    let ask = |accept: &'static str| send(&app, get("/x", &[("accept", accept)]));
    assert_eq!(ask("text/html").await.text(), "text/html 1");
    let other = ask("text/plain").await;
    assert_eq!(other.text(), "text/plain 2");
    assert_eq!(other.cache_status(), "larder; fwd=vary-miss; fwd-status=200; stored");
    assert_eq!(text(&app, "/x").await, "- 3");
    for (accept, expected) in [("text/html", "text/html 1"), ("text/plain", "text/plain 2")] {
        let hit = ask(accept).await;
        assert_eq!((hit.text(), hit.is_hit()), (expected, true));
    }
    assert_eq!(text(&app, "/x").await, "- 3");
}

#[tokio::test]
async fn lines_and_lists_of_names_are_joined() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let said =
            |name: &str| request.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().into());
        answer(&[("vary", "a , B"), ("vary", "c")], format!("{run}{}{}{}", said("a"), said("b"), said("c")))
    });
    let mut seen = HashSet::new();
    for headers in [&[][..], &[("a", "1")], &[("b", "1")], &[("c", "1")], &[("a", "1"), ("b", "1")], &[("c", "")]] {
        assert!(seen.insert(send(&app, get("/x", headers)).await.body), "{headers:?}");
        assert!(send(&app, get("/x", headers)).await.is_hit(), "{headers:?}");
    }
}

#[tokio::test]
async fn what_is_in_the_key_already_does_not_divide_it_further() {
    let site = Site::new();
    let app = site.app(
        site.layer().languages(["en", "it"]).headers(["x-t"]),
        echo("accept-language, x-t, cookie", "accept-language"),
    );
    let ask = |language: &'static str| send(&app, get("/x", &[("accept-language", language), ("x-t", "1")]));
    assert_eq!(ask("it-IT").await.text(), "it 1");
    let hit = ask("it;q=0.5").await;
    assert_eq!((hit.text(), hit.is_hit()), ("it 1", true));
    assert_eq!(hit.headers.get_all("vary").iter().count(), 1, "nothing is said twice");
}

#[tokio::test]
async fn names_that_come_later_divide_what_was_one() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let said = |name: &str| request.headers().get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        let vary = if said("a") == "deep" { "a, b" } else { "a" };
        answer(&[("vary", vary)], format!("{} {} {run}", said("a"), said("b")))
    });
    let ask = |a: &'static str, b: &'static str| send(&app, get("/x", &[("a", a), ("b", b)]));
    assert_eq!(ask("flat", "1").await.text(), "flat 1 1");
    assert_eq!(ask("flat", "2").await.text(), "flat 1 1");
    assert_eq!(ask("deep", "1").await.text(), "deep 1 2");
    assert_eq!(ask("deep", "1").await.text(), "deep 1 2");
    assert_eq!(ask("deep", "2").await.text(), "deep 2 3");
    assert_eq!(ask("deep", "1").await.text(), "deep 1 2");
}

#[tokio::test]
async fn a_response_without_vary_after_some_with_it_is_not_given_to_all() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let said = request.headers().get("a").map_or("-", |value| value.to_str().unwrap());
        let headers: &[_] = if said == "plain" { &[] } else { &[("vary", "a")] };
        answer(headers, format!("{said} {run}"))
    });
    let ask = |a: &'static str| send(&app, get("/x", &[("a", a)]));
    assert_eq!(ask("1").await.text(), "1 1");
    assert_eq!(ask("plain").await.text(), "plain 2");
    assert_eq!(ask("2").await.text(), "2 3");
    assert_eq!(ask("1").await.text(), "1 1");
}

#[tokio::test]
async fn so_many_variants_are_stored_and_no_more() {
    let site = Site::new();
    let app = site.app(site.layer().max_variants(3), echo("accept", "accept"));
    for (index, kept) in [(0, true), (1, true), (2, true), (3, false), (4, false)] {
        let accept = format!("kind/{index}");
        let first = send(&app, get("/x", &[("accept", &accept)])).await;
        assert_eq!(first.cache_status().ends_with("; stored"), kept, "{}", first.cache_status());
        assert_eq!(send(&app, get("/x", &[("accept", &accept)])).await.is_hit(), kept, "{index}");
    }
    assert!(send(&app, get("/x", &[("accept", "kind/0")])).await.is_hit());
}

#[tokio::test]
async fn that_many_also_when_they_come_at_once() {
    let site = Site::new();
    for most in [0, 3] {
        let app = site.app(site.layer().namespace(most.to_string()).max_variants(most), echo("accept", "accept"));
        let ask = |index: usize| {
            let app = app.clone();
            async move { send(&app, get("/x", &[("accept", &format!("kind/{index}"))])).await }
        };
        futures::future::join_all((0..40).map(ask)).await;
        let again = futures::future::join_all((0..40).map(ask)).await;
        assert_eq!(again.iter().filter(|answer| answer.is_hit()).count(), most);
    }
}

#[tokio::test]
async fn room_for_variants_comes_back_when_they_are_over_and_after_an_hour_at_most() {
    let site = Site::new();
    for (duration, passed) in [(larder::Ttl::from(30), 30), (larder::Ttl::Forever, 3_600)] {
        let layer = site.layer().namespace(format!("{duration:?}")).duration(duration).max_variants(2);
        let app = site.app(layer, echo("accept", "accept"));
        for junk in ["1", "2", "3"] {
            send(&app, get("/x", &[("accept", junk)])).await;
        }
        assert!(!send(&app, get("/x", &[("accept", "3")])).await.is_hit());
        site.clock.advance(std::time::Duration::from_secs(passed));
        send(&app, get("/x", &[("accept", "3")])).await;
        assert!(send(&app, get("/x", &[("accept", "3")])).await.is_hit(), "{duration:?}");
    }
}

#[tokio::test]
async fn one_that_is_over_soon_does_not_take_the_others_along() {
    let site = Site::new();
    let app = site.app(site.layer().duration(larder::Ttl::Default), |request, run| {
        let age = request.headers()["age-of"].to_str().unwrap().to_owned();
        answer(&[("vary", "age-of"), ("cache-control", &format!("max-age={age}"))], run.to_string())
    });
    let ask = |age: &'static str| send(&app, get("/x", &[("age-of", age)]));
    for age in ["60", "3600", "1"] {
        ask(age).await;
    }
    site.clock.advance(std::time::Duration::from_secs(2));
    assert_eq!((ask("60").await.text(), ask("3600").await.text(), ask("1").await.text()), ("1", "2", "4"));
    // One that is stored anew keeps the way to itself.
    site.clock.advance(std::time::Duration::from_secs(59));
    assert_eq!(ask("60").await.text(), "5");
    site.clock.advance(std::time::Duration::from_secs(59));
    assert_eq!((ask("60").await.text(), ask("3600").await.text()), ("5", "2"));
}

#[tokio::test]
async fn a_host_that_only_the_target_names_is_a_host() {
    let site = Site::new();
    let app =
        site.app(site.layer(), |request, _| answer(&[("vary", "host")], request.uri().host().unwrap().to_owned()));
    for host in ["a.example", "b.example", "a.example"] {
        assert_eq!(text(&app, &format!("http://{host}/x")).await, host);
    }
}

#[tokio::test]
async fn requests_for_different_variants_at_once_each_get_their_own() {
    let site = Site::new();
    let app = site.app(site.layer(), echo("accept", "accept"));
    for round in 0..20 {
        let target = format!("/{round}");
        let ask = |index: usize| {
            let (app, target) = (app.clone(), target.clone());
            async move {
                let accept = format!("kind/{}", index % 4);
                let answer = send(&app, get(&target, &[("accept", &accept)])).await;
                assert!(answer.text().starts_with(&format!("{accept} ")), "{accept}: {}", answer.text());
            }
        };
        futures::future::join_all((0..16).map(ask)).await;
    }
    assert!(site.runs.get() <= 20 * 16);
}
