//! Bodies are recorded while they are read: nothing is delayed, nothing is read ahead, and only what is whole is stored.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::stream;
use futures::{FutureExt as _, StreamExt as _};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::site::{Site, answer, get, send, text};

/// A body of these chunks, of which nothing tells how long it will be.
fn chunks(chunks: Vec<&'static str>) -> Body {
    Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
}

/// An app whose one page is a body that the test writes.
fn written(
    site: &Site,
    layer: larder::http::ResponseCacheBuilder,
) -> (Router, UnboundedSender<Result<&'static str, std::io::Error>>) {
    let (sender, receiver) = unbounded();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let runs = Arc::clone(&site.runs);
    let page = move || {
        runs.add();
        let body = receiver.lock().unwrap().take();
        async move { body.map_or_else(|| Body::from("again"), Body::from_stream) }
    };
    (Router::new().route("/x", axum::routing::get(page)).layer(layer.build()), sender)
}

#[tokio::test]
async fn every_chunk_is_there_as_soon_as_it_is_written() {
    let site = Site::new();
    let (app, sender) = written(&site, site.layer());
    let mut body = app.clone().oneshot(get("/x", &[])).await.unwrap().into_body();
    for chunk in ["one ", "two ", "three"] {
        sender.unbounded_send(Ok(chunk)).unwrap();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), chunk);
    }
    drop(sender);
    assert!(body.frame().await.is_none());
    let hit = send(&app, get("/x", &[])).await;
    assert_eq!((hit.text(), hit.is_hit()), ("one two three", true));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_stored() {
    let site = Site::new();
    let (app, sender) = written(&site, site.layer());
    let mut body = app.clone().oneshot(get("/x", &[])).await.unwrap().into_body();
    sender.unbounded_send(Ok("half")).unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "half");
    sender.unbounded_send(Err(std::io::Error::other("the origin is gone"))).unwrap();
    assert!(body.frame().await.unwrap().is_err());
    drop(body);
    assert_eq!(text(&app, "/x").await, "again");
}

#[tokio::test]
async fn a_body_of_another_length_than_it_declares_is_not_stored() {
    for declared in ["3", "5", "x"] {
        let site = Site::new();
        let app = site.app(site.layer(), move |_, _| answer(&[("content-length", declared)], chunks(vec!["bo", "dy"])));
        assert_eq!(text(&app, "/x").await, "body");
        assert_eq!(text(&app, "/x").await, "body");
        assert_eq!(site.runs.get(), 2, "{declared}");
    }
}

#[tokio::test]
async fn bodies_up_to_the_limit_are_stored_and_longer_ones_pass_untouched() {
    for (limit, stored) in [(9, true), (8, false)] {
        let site = Site::new();
        for body in [|| chunks(vec!["123", "456", "789"]), || Body::from("123456789")] {
            site.runs.take();
            let app = site
                .app(site.layer().namespace(format!("{:?}", body().size_hint_text())).max_body(limit), move |_, _| {
                    answer(&[], body())
                });
            for _ in 0..2 {
                assert_eq!(text(&app, "/x").await, "123456789");
            }
            assert_eq!(site.runs.get(), if stored { 1 } else { 2 }, "{limit}");
        }
    }
}

trait SizeHintText {
    fn size_hint_text(&self) -> String;
}

impl SizeHintText for Body {
    fn size_hint_text(&self) -> String {
        format!("{:?}", http_body::Body::size_hint(self).exact())
    }
}

#[tokio::test]
async fn nobody_waits_for_bodies_that_ran_over_the_limit() {
    let site = Site::new();
    let app = site.app(site.layer().max_body(8), |_, _| answer(&[], chunks(vec!["123", "456", "789"])));
    assert_eq!(text(&app, "/x").await, "123456789");
    // None of these is read: if one were waited for, the next would have no head.
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(app.clone().oneshot(get("/x", &[])).await.unwrap());
    }
    assert_eq!(site.runs.get(), 4);
}

#[tokio::test]
async fn a_body_that_panics_is_not_stored_with_a_hole_in_it() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, run| {
        let chunks = stream::iter(0..3).map(move |chunk| {
            assert!(run > 1 || chunk != 1, "the second chunk of the first run");
            Ok::<_, Infallible>(chunk.to_string())
        });
        answer(&[], Body::from_stream(chunks))
    });
    let mut body = app.clone().oneshot(get("/x", &[])).await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    let waker = futures::task::noop_waker();
    let mut poll = || Pin::new(&mut body).frame().poll_unpin(&mut Context::from_waker(&waker)).is_ready();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut poll)).is_err());
    drop(body);
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(text(&app, "/x").await, "012");
    assert_eq!(site.runs.get(), 2);
}

#[tokio::test]
async fn an_empty_body_is_a_body() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[], Body::empty()));
    assert_eq!(text(&app, "/x").await, "");
    assert!(send(&app, get("/x", &[])).await.is_hit());
}

/// A body of one chunk and trailers.
struct WithTrailers(u32);

impl http_body::Body for WithTrailers {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0 += 1;
        Poll::Ready(match self.0 {
            1 => Some(Ok(Frame::data(Bytes::from_static(b"body")))),
            2 => Some(Ok(Frame::trailers(http::HeaderMap::new()))),
            _ => None,
        })
    }
}

#[tokio::test]
async fn a_body_with_trailers_passes_whole_and_is_not_stored() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[], Body::new(WithTrailers(0))));
    for _ in 0..2 {
        let mut body = app.clone().oneshot(get("/x", &[])).await.unwrap().into_body();
        assert!(body.frame().await.unwrap().unwrap().is_data());
        assert!(body.frame().await.unwrap().unwrap().is_trailers());
        assert!(body.frame().await.is_none());
    }
    assert_eq!(site.runs.get(), 2);
}

#[tokio::test]
async fn nothing_is_read_before_the_client_asks_for_it() {
    let site = Site::new();
    let read = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&read);
    let app = site.app(site.layer(), move |_, _| {
        let counted = Arc::clone(&counted);
        let body = stream::repeat_with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>("chunk ")
        });
        answer(&[], Body::from_stream(body.take(10)))
    });
    let mut body = app.clone().oneshot(get("/x", &[])).await.unwrap().into_body();
    for asked in 1..=3 {
        body.frame().await.unwrap().unwrap();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(read.load(Ordering::SeqCst), asked);
    }
}

#[tokio::test]
async fn the_size_of_a_body_is_told_as_it_was() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| answer(&[], "body"));
    for _ in 0..2 {
        let response = app.clone().oneshot(get("/x", &[])).await.unwrap();
        assert_eq!(http_body::Body::size_hint(response.body()).exact(), Some(4));
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "body");
    }
}
