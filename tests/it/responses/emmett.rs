//! Emmett's `cache.response`, with its defaults: `duration`, `query_params`, `language`, `hostname`, `headers`.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use larder::http::QueryParams;

use super::site::{Site, answer, get, send, text};

#[tokio::test]
async fn a_response_is_kept_for_its_duration() {
    let site = Site::new();
    let app = site.counting(site.layer().duration(30));
    for _ in 0..3 {
        assert_eq!(text(&app, "/x").await, "1");
    }
    site.clock.advance(Duration::from_secs(29));
    assert_eq!(text(&app, "/x").await, "1");
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&app, "/x").await, "2");
}

#[tokio::test]
async fn without_a_duration_it_is_kept_for_the_handlers_default() {
    let site = Site::new();
    let app = site.counting(site.layer().duration(larder::Ttl::Default));
    assert_eq!(text(&app, "/x").await, "1");
    site.clock.advance(Duration::from_secs(299));
    assert_eq!(text(&app, "/x").await, "1");
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(text(&app, "/x").await, "2");
}

#[tokio::test]
async fn parameters_count_by_name_whatever_their_order_and_values_of_one_name_in_theirs() {
    let site = Site::new();
    let app = site.counting(site.layer());
    assert_eq!(text(&app, "/x?a=1&b=2").await, "1");
    assert_eq!(text(&app, "/x?b=2&a=1").await, "1");
    assert_eq!(text(&app, "/x?a=1&a=2").await, "2");
    assert_eq!(text(&app, "/x?a=2&a=1").await, "3");
    assert_eq!(text(&app, "/x").await, "4");
    assert_eq!(text(&app, "/x?a=1%26b=2").await, "5");
}

#[tokio::test]
async fn parameters_that_do_not_count_are_not_seen_by_the_handler() {
    let site = Site::new();
    let echo = |request: &Request, run: u32| answer(&[], format!("{run} {}", request.uri()));
    let none = site.app(site.layer().query_params(false), echo);
    assert_eq!(text(&none, "/x?a=1").await, "1 /x");
    assert_eq!(text(&none, "/x?a=2").await, "1 /x");
    let some = site.app(site.layer().query_params(QueryParams::except(["utm"])), echo);
    assert_eq!(text(&some, "/y?utm=mail&a=1").await, "2 /y?a=1");
    assert_eq!(text(&some, "/y?a=1&utm=news").await, "2 /y?a=1");
}

#[tokio::test]
async fn the_original_target_hides_them_too() {
    let site = Site::new();
    let seen = |request: &Request, _: u32| {
        let original = request.extensions().get::<axum::extract::OriginalUri>().unwrap();
        answer(&[], original.0.to_string())
    };
    let module = Router::new().route("/x", site.handler(seen)).layer(site.layer().query_params(false).build());
    let app = Router::new().nest("/module", module);
    assert_eq!(text(&app, "/module/x?secret=1").await, "/module/x");
}

#[tokio::test]
async fn languages_are_negotiated_and_the_handler_sees_which() {
    let site = Site::new();
    let spoken = |request: &Request, run: u32| {
        let language = request.headers().get("accept-language").map(|value| value.to_str().unwrap().to_owned());
        answer(&[], format!("{run} {}", language.unwrap_or_default()))
    };
    let app = site.app(site.layer().languages(["en", "it"]), spoken);
    let ask = |language: &'static str| send(&app, get("/x", &[("accept-language", language)]));
    assert_eq!(ask("it-IT,it;q=.9").await.text(), "1 it");
    let italian = ask("it").await;
    assert_eq!((italian.text(), italian.header("vary")), ("1 it", "accept-language"));
    assert_eq!(ask("en").await.text(), "2 en");
    assert_eq!(ask("fr").await.text(), "2 en");
    assert_eq!(text(&app, "/x").await, "2 en");

    let deaf = site.app(site.layer().languages(["en", "it"]).language(false), spoken);
    assert_eq!(send(&deaf, get("/y", &[("accept-language", "it")])).await.text(), "3 it");
    assert_eq!(send(&deaf, get("/y", &[("accept-language", "en")])).await.text(), "3 it");
}

#[tokio::test]
async fn the_host_counts_if_it_is_told_to() {
    let site = Site::new();
    let ask = |app: Router, host: &'static str| async move {
        send(&app, get("/x", &[("host", host)])).await.text().to_owned()
    };
    let app = site.counting(site.layer().hostname(true));
    assert_eq!(ask(app.clone(), "a.example").await, "1");
    assert_eq!(ask(app.clone(), "b.example").await, "2");
    assert_eq!(ask(app, "A.example").await, "1");
    let app = site.counting(site.layer().hostname(false));
    assert_eq!(ask(app.clone(), "a.example").await, "3");
    assert_eq!(ask(app, "b.example").await, "3");
}

#[tokio::test]
async fn a_listed_header_that_is_missing_is_another_thing_than_an_empty_one_and_no_error() {
    let site = Site::new();
    let app = site.counting(site.layer().headers(["x-t"]));
    assert_eq!(text(&app, "/x").await, "1");
    assert_eq!(send(&app, get("/x", &[("x-t", "")])).await.text(), "2");
    assert_eq!(send(&app, get("/x", &[("x-t", "1")])).await.text(), "3");
    assert_eq!(send(&app, get("/x", &[("x-t", "1"), ("x-t", "2")])).await.text(), "4");
    assert_eq!(send(&app, get("/x", &[("x-t", "1, 2")])).await.text(), "5");
    let again = send(&app, get("/x", &[("x-t", "1")])).await;
    assert_eq!((again.text(), again.header("vary")), ("3", "x-t"));
}

#[tokio::test]
async fn modules_never_share_even_with_equal_paths_inside() {
    let site = Site::new();
    let layer = site.layer().build();
    let module = |name: &'static str| {
        Router::new().route("/x", site.handler(move |_, run| answer(&[], format!("{name}{run}")))).layer(layer.clone())
    };
    let app = Router::new().nest("/a", module("a")).nest("/b", module("b"));
    assert_eq!(text(&app, "/a/x").await, "a1");
    assert_eq!(text(&app, "/b/x").await, "b2");
    assert_eq!(text(&app, "/a/x").await, "a1");
    assert_eq!(text(&app, "/b/x").await, "b2");
}

#[tokio::test]
async fn only_get_is_stored_and_only_status_200() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let mut response = answer(&[("cache-control", "max-age=60")], run.to_string());
        *response.status_mut() = request.uri().path().trim_start_matches('/').parse().unwrap_or_default();
        response
    });
    for status in ["404", "500", "302", "206", "301", "203", "410"] {
        let target = format!("/{status}");
        let first = send(&app, get(&target, &[])).await;
        assert!(first.cache_status().contains("detail=status"), "{first:?}");
        assert_ne!(first.body, send(&app, get(&target, &[])).await.body, "{status}");
    }
    for method in ["POST", "PUT", "OPTIONS", "PURGE"] {
        let ask = || send(&app, super::site::request(method, "/200", &[]));
        assert_ne!(ask().await.body, ask().await.body, "{method}");
    }
}

#[tokio::test]
async fn a_hit_runs_nothing_and_a_duration_of_zero_stores_nothing() {
    let site = Site::new();
    let app = site.counting(site.layer().duration(0));
    assert_eq!(text(&app, "/x").await, "1");
    assert_eq!(text(&app, "/x").await, "2");
    let app = site.counting(site.layer());
    text(&app, "/y").await;
    let runs = site.runs.get();
    text(&app, "/y").await;
    assert_eq!(site.runs.get(), runs);
}

#[tokio::test]
async fn a_hit_has_no_headers_that_were_added_further_out() {
    let site = Site::new();
    let app = site.counting(site.layer()).layer(axum::middleware::map_response(
        async |mut response: axum::response::Response| {
            response.headers_mut().append("x-outside", "1".parse().unwrap());
            response
        },
    ));
    for _ in 0..3 {
        assert_eq!(send(&app, get("/x", &[])).await.headers.get_all("x-outside").iter().count(), 1);
    }
}
