//! A client that has the response already gets 304, from what is stored and without a run.

use super::site::{Site, answer, get, request, send};

const OLD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const NEW: &str = "Mon, 07 Nov 1994 08:49:37 GMT";

#[tokio::test]
async fn a_tag_that_the_client_has_is_answered_with_304_and_no_run() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, run| {
        answer(&[("etag", "\"v1\""), ("x-other", "1"), ("content-location", "/y"), ("set-x", "1")], run.to_string())
    });
    send(&app, get("/x", &[])).await;
    for tags in ["W/\"v1\"", "\"v1\"", "\"v0\", \"v1\"", "*"] {
        for method in ["GET", "HEAD"] {
            let answer = send(&app, request(method, "/x", &[("if-none-match", tags)])).await;
            assert_eq!((answer.status.as_u16(), answer.text()), (304, ""), "{tags}");
            assert_eq!((answer.header("etag"), answer.header("content-location")), ("\"v1\"", "/y"));
            assert!(answer.headers.contains_key("date") && answer.headers.contains_key("age"), "{answer:?}");
            assert!(!answer.headers.contains_key("x-other") && answer.is_hit(), "{answer:?}");
        }
    }
    assert_eq!(send(&app, get("/x", &[("if-none-match", "\"v2\"")])).await.text(), "1");
    assert_eq!(site.runs.get(), 1);
}

#[tokio::test]
async fn a_date_counts_where_there_is_no_tag() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, run| answer(&[("last-modified", OLD), ("etag", "\"v\"")], run.to_string()));
    send(&app, get("/x", &[])).await;
    let status = async |headers: &[(&str, &str)]| send(&app, get("/x", headers)).await.status.as_u16();
    assert_eq!(status(&[("if-modified-since", OLD)]).await, 304);
    assert_eq!(status(&[("if-modified-since", NEW)]).await, 304);
    assert_eq!(status(&[("if-modified-since", "yesterday")]).await, 200);
    assert_eq!(status(&[("if-modified-since", NEW), ("if-none-match", "\"other\"")]).await, 200);
    assert_eq!(site.runs.get(), 1);
}

#[tokio::test]
async fn on_a_miss_the_handler_gives_the_whole_response_and_the_client_its_304() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        if request.headers().contains_key("if-none-match") {
            let mut response = answer(&[("etag", "\"v1\"")], "");
            *response.status_mut() = http::StatusCode::NOT_MODIFIED;
            return response;
        }
        answer(&[("etag", "\"v1\"")], format!("page {run}"))
    });
    let first = send(&app, get("/x", &[("if-none-match", "\"v1\"")])).await;
    assert_eq!((first.status.as_u16(), first.text()), (304, ""));
    super::site::until("what the client did not want is stored", || site.cache.stats().responses[0].stats.stores == 1)
        .await;
    let second = send(&app, get("/x", &[])).await;
    assert_eq!((second.text(), second.is_hit()), ("page 1", true));
}

#[tokio::test]
async fn a_part_of_a_stored_response_is_all_of_it() {
    let site = Site::new();
    let app = site.counting(site.layer());
    let part = || get("/x", &[("range", "bytes=0-0")]);
    assert_eq!(send(&app, part()).await.text(), "1");
    assert_eq!(send(&app, part()).await.text(), "2");
    send(&app, get("/x", &[])).await;
    let hit = send(&app, part()).await;
    assert_eq!((hit.status.as_u16(), hit.text()), (200, "3"));
}

#[tokio::test]
async fn where_responses_are_not_stored_the_handler_decides_what_the_client_has() {
    let site = Site::new();
    let app = site.app(site.layer(), |request, run| {
        let asked = request.headers().contains_key("if-none-match");
        answer(&[("cache-control", "private"), ("etag", "\"v1\"")], format!("{run} {asked}"))
    });
    assert_eq!(send(&app, get("/x", &[])).await.text(), "1 false");
    assert_eq!(send(&app, get("/x", &[("if-none-match", "\"v1\"")])).await.text(), "2 true");
}

#[tokio::test]
async fn a_response_that_is_not_stored_reaches_its_client_whole() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[("set-cookie", "session=1"), ("etag", "\"v1\"")], "page"));
    for _ in 0..2 {
        let answer = send(&app, get("/x", &[("if-none-match", "\"v1\"")])).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie"), answer.text()), (200, "session=1", "page"));
    }
}
