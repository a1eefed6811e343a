//! Nobody gets what is another one's: what is never stored by default, each attacked.

use axum::extract::Request;
use larder::http::Cookies;

use super::site::{Site, answer, get, request, send, text};

/// Answers with what the request says of who asks.
fn whoami(request: &Request, run: u32) -> axum::response::Response {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    answer(&[], format!("{run} {:?} {:?}", header("authorization"), header("cookie")))
}

#[tokio::test]
async fn credentials_get_a_response_of_their_own() {
    let site = Site::new();
    let app = site.app(site.layer(), whoami);
    let anonymous = text(&app, "/x").await;
    let alice = send(&app, get("/x", &[("authorization", "Bearer alice")])).await;
    let bob = send(&app, get("/x", &[("authorization", "Bearer bob")])).await;
    assert_eq!(anonymous, "1 None None");
    assert_eq!(alice.text(), "2 Some(\"Bearer alice\") None");
    assert_eq!(bob.text(), "3 Some(\"Bearer bob\") None");
    assert!(alice.cache_status().ends_with("detail=authorization"), "{}", alice.cache_status());
    assert_eq!(text(&app, "/x").await, anonymous);
}

#[tokio::test]
async fn what_a_response_declares_public_is_shared_among_those_with_credentials() {
    for allowed in ["public, max-age=60", "s-maxage=60", "must-revalidate"] {
        let site = Site::new();
        let app = site.app(site.layer(), move |_, run| answer(&[("cache-control", allowed)], run.to_string()));
        assert_eq!(send(&app, get("/x", &[("authorization", "Bearer alice")])).await.text(), "1");
        assert_eq!(send(&app, get("/x", &[("authorization", "Bearer bob")])).await.text(), "1", "{allowed}");
    }
}

#[tokio::test]
async fn a_request_with_cookies_neither_gets_nor_leaves_anything() {
    let site = Site::new();
    let app = site.app(site.layer(), whoami);
    let alice = send(&app, get("/x", &[("cookie", "session=alice")])).await;
    assert_eq!(alice.text(), "1 None Some(\"session=alice\")");
    assert_eq!(alice.cache_status(), "larder; fwd=bypass; fwd-status=200; detail=cookie");
    assert_eq!(text(&app, "/x").await, "2 None None");
    assert_eq!(send(&app, get("/x", &[("cookie", "session=bob")])).await.text(), "3 None Some(\"session=bob\")");
}

#[tokio::test]
async fn cookies_that_do_not_count_are_not_seen_by_the_handler() {
    let site = Site::new();
    let app = site.app(site.layer().cookies(Cookies::Ignore), whoami);
    assert_eq!(send(&app, get("/x", &[("cookie", "session=alice")])).await.text(), "1 None None");
    assert_eq!(text(&app, "/x").await, "1 None None");

    let app = site.app(site.layer().cookies(Cookies::key(["theme"])), whoami);
    let ask = |cookies: &'static [(&'static str, &'static str)]| send(&app, get("/y", cookies));
    assert_eq!(ask(&[("cookie", "a=1; theme=dark; session=alice")]).await.text(), "2 None Some(\"theme=dark\")");
    assert_eq!(ask(&[("cookie", "theme=dark"), ("cookie", "session=bob")]).await.text(), "2 None Some(\"theme=dark\")");
    assert_eq!(ask(&[("cookie", "theme=light")]).await.text(), "3 None Some(\"theme=light\")");
    assert_eq!(ask(&[("cookie", "xtheme=dark")]).await.text(), "4 None None");
}

#[tokio::test]
async fn a_response_that_sets_a_cookie_goes_to_one_client() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, run| answer(&[("set-cookie", &format!("session={run}"))], "page"));
    let first = send(&app, get("/x", &[])).await;
    let second = send(&app, get("/x", &[])).await;
    assert_eq!((first.header("set-cookie"), second.header("set-cookie")), ("session=1", "session=2"));
}

#[tokio::test]
async fn a_response_that_forbids_it_is_not_stored_whatever_the_case_and_the_line() {
    for lines in [
        &["no-store"][..],
        &["No-Store"],
        &["public, PRIVATE"],
        &["max-age=60", "private"],
        &["no-cache"],
        &["private=\"x-user\""],
        &["s-maxage=60, no-store"],
        &["\tno-store "],
    ] {
        let site = Site::new();
        let app = site.app(site.layer(), move |_, run| {
            let headers: Vec<_> = lines.iter().map(|line| ("cache-control", *line)).collect();
            answer(&headers, run.to_string())
        });
        assert_eq!(text(&app, "/x").await, "1");
        assert_eq!(text(&app, "/x").await, "2", "{lines:?}");
    }
    for (name, value) in [
        ("vary", "*"),
        ("vary", "accept, *"),
        ("content-range", "bytes 0-1/2"),
        ("content-type", "text/event-stream; charset=utf-8"),
    ] {
        let site = Site::new();
        let app = site.app(site.layer(), move |_, run| answer(&[(name, value)], run.to_string()));
        assert_eq!(text(&app, "/x").await, "1");
        assert_eq!(text(&app, "/x").await, "2", "{name}: {value}");
    }
}

#[tokio::test]
async fn requests_that_pretend_to_be_others_touch_nothing() {
    let site = Site::new();
    let app = site.counting(site.layer());
    assert_eq!(text(&app, "/x").await, "1");
    for (run, (name, value)) in [
        ("x-http-method-override", "DELETE"),
        ("x-original-url", "/admin"),
        ("x-rewrite-url", "/admin"),
        ("x-method-override", "PUT"),
        ("upgrade", "websocket"),
        ("cache-control", "no-store"),
        ("transfer-encoding", "chunked"),
        ("content-length", "3"),
        ("if-match", "\"v\""),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = send(&app, get("/x", &[(name, value)])).await;
        assert_eq!(answer.text(), (run + 2).to_string(), "{name}");
        assert!(answer.cache_status().starts_with("larder; fwd=bypass"), "{}", answer.cache_status());
    }
    assert_eq!(text(&app, "/x").await, "1");
}

#[tokio::test]
async fn a_get_with_a_body_touches_nothing() {
    let site = Site::new();
    let app = site.counting(site.layer());
    assert_eq!(text(&app, "/x").await, "1");
    let fat = Request::builder().uri("/x").body("q=poison".into()).unwrap();
    assert_eq!(send(&app, fat).await.text(), "2");
    assert_eq!(text(&app, "/x").await, "1");
}

#[tokio::test]
async fn parts_of_a_key_cannot_pose_as_others() {
    let site = Site::new();
    let app = site.counting(site.layer().headers(["a", "b"]).cookies(Cookies::key(["c"])).hostname(true));
    let mut seen = std::collections::HashSet::new();
    let asked: &[(&str, &[(&str, &str)])] = &[
        ("/x", &[]),
        ("/x", &[("a", "1")]),
        ("/x", &[("b", "1")]),
        ("/x", &[("a", "1"), ("b", "")]),
        ("/x", &[("a", ""), ("b", "1")]),
        ("/x", &[("cookie", "c=1")]),
        ("/x", &[("host", "a")]),
        ("/x?a=1", &[]),
        ("/x?a=1&", &[]),
        ("/x?", &[]),
        ("/x/", &[]),
        ("/X", &[]),
        ("/%78", &[]),
        ("//x", &[]),
        ("/x;a=1", &[]),
        ("/x%3Fa=1", &[]),
    ];
    for (target, headers) in asked {
        assert!(seen.insert(send(&app, get(target, headers)).await.body), "{target} {headers:?}");
    }
    // The same once more: each has its own.
    for (target, headers) in asked {
        assert!(send(&app, get(target, headers)).await.is_hit(), "{target} {headers:?}");
    }
}

#[tokio::test]
async fn a_long_target_is_passed_on() {
    let site = Site::new();
    let app = site.counting(site.layer());
    let target = format!("/{}", "x".repeat(2_048));
    assert_eq!(text(&app, &target).await, "1");
    assert_eq!(text(&app, &target).await, "2");
}

#[tokio::test]
async fn a_client_that_wants_only_what_is_stored_gets_that_or_504() {
    let site = Site::new();
    let app = site.counting(site.layer());
    let only = || get("/x", &[("cache-control", "only-if-cached")]);
    let refused = send(&app, only()).await;
    assert_eq!((refused.status.as_u16(), site.runs.get()), (504, 0));
    text(&app, "/x").await;
    assert_eq!(send(&app, only()).await.text(), "1");
    // Who gets nothing that is stored gets nothing.
    let cookie = send(&app, get("/x", &[("cache-control", "only-if-cached"), ("cookie", "a=b")])).await;
    assert_eq!((cookie.status.as_u16(), site.runs.get()), (504, 1));
}

#[tokio::test]
async fn a_client_cannot_have_the_origin_run_by_asking_for_something_newer() {
    let site = Site::new();
    let app = site.counting(site.layer());
    for control in ["no-cache", "max-age=0", "nothing-to-see-here"] {
        assert_eq!(send(&app, get("/x", &[("cache-control", control), ("pragma", "foo")])).await.text(), "1");
    }
}

#[tokio::test]
async fn head_is_answered_from_what_get_stored_and_never_the_other_way() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let body = if request.method() == "HEAD" { String::new() } else { format!("page {run}") };
        answer(&[("x-run", &run.to_string())], body)
    });
    let head = || send(&app, request("HEAD", "/x", &[]));
    assert_eq!(head().await.header("x-run"), "1");
    let page = send(&app, get("/x", &[])).await;
    assert_eq!((page.text(), page.header("x-run")), ("page 2", "2"));
    let head = head().await;
    assert_eq!((head.text(), head.header("x-run"), head.header("content-length")), ("", "2", "6"));
    assert!(head.is_hit());
}

#[tokio::test]
async fn a_target_that_is_rewritten_on_its_way_counts_as_the_handler_sees_it() {
    let site = Site::new();
    let inner = site.app(site.layer(), |request, run| answer(&[], format!("{} {run}", request.uri().path())));
    let rewrite = tower::util::MapRequestLayer::new(|mut request: Request| {
        let tenant = request.headers()["x-tenant"].to_str().unwrap().to_owned();
        *request.uri_mut() = format!("/{tenant}{}", request.uri().path()).parse().unwrap();
        request
    });
    let app = axum::Router::new().fallback_service(tower::ServiceBuilder::new().layer(rewrite).service(inner));
    for (tenant, page) in [("alice", "/alice/x 1"), ("bob", "/bob/x 2"), ("alice", "/alice/x 1")] {
        assert_eq!(send(&app, get("/x", &[("x-tenant", tenant)])).await.text(), page);
    }
}

#[tokio::test]
async fn what_clients_put_into_a_key_is_bounded() {
    let site = Site::new();
    let app = site.counting(site.layer().headers(["x-t"]).cookies(Cookies::key(["c"])));
    let long = "x".repeat(2_048);
    for headers in [[("x-t", long.as_str())], [("cookie", &format!("c={long}"))]] {
        let first = send(&app, get("/x", &headers)).await;
        assert!(first.cache_status().ends_with("detail=long-key"), "{}", first.cache_status());
        assert_ne!(send(&app, get("/x", &headers)).await.body, first.body);
    }
}
