//! Concurrent requests for one response share one run; what is nobody else's is shared with nobody, and nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::get as route_get;
use larder::http::ResponseCache;
use tower::ServiceExt as _;

use super::site::{Answer, Site, answer, get, send, text, until};
use crate::support::{Gate, KINDS, Runs, rig};

/// An app whose every run waits at the gate, and what its responses carry.
fn gated(layer: &ResponseCache, gate: &Gate, headers: &'static [(&'static str, &'static str)]) -> (Router, Arc<Runs>) {
    let runs = Arc::new(Runs::new());
    let (counted, gate) = (Arc::clone(&runs), gate.clone());
    let page = move |request: Request| {
        let (run, gate) = (counted.add(), gate.clone());
        async move {
            gate.passed().await;
            let who = request.headers().get("x-user").map_or("", |user| user.to_str().unwrap());
            answer(headers, format!("{who}{run}"))
        }
    };
    (Router::new().route("/{*rest}", axum::routing::any(page)).layer(layer.clone()), runs)
}

/// So many requests at once, and their answers.
fn crowd(app: &Router, size: usize) -> Vec<tokio::task::JoinHandle<Answer>> {
    let one = |app: Router| async move { send(&app, get("/x", &[])).await };
    (0..size).map(|_| tokio::spawn(one(app.clone()))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_cold_requests_make_one_run_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder().cache(rig.cache.clone()).namespace("site").duration(30).build();
        let gate = Gate::default();
        let (app, runs) = gated(&layer, &gate, &[]);
        let crowd = crowd(&app, 100);
        until("one runs", || runs.get() == 1).await;
        gate.open();
        let mut stored = 0;
        for task in crowd {
            let answer = task.await.unwrap();
            assert_eq!((answer.status.as_u16(), answer.text()), (200, "1"), "{kind}");
            let status = answer.cache_status();
            stored += u32::from(status.ends_with("; stored"));
            assert!(status.ends_with("; stored") || status.ends_with("; collapsed") || answer.is_hit(), "{status}");
        }
        assert_eq!((runs.get(), stored), (1, 1), "{kind}");
    }
}

#[tokio::test]
async fn responses_that_are_not_stored_run_side_by_side() {
    let site = Site::new();
    for headers in [&[("cache-control", "private")][..], &[("set-cookie", "a=b")], &[("vary", "*")]] {
        let layer = site.layer().namespace(format!("{headers:?}")).build();
        let gate = Gate::default();
        let (app, runs) = gated(&layer, &gate, headers);
        // The first of them is waited for: it might have been stored.
        let first = crowd(&app, 5);
        until("one runs", || runs.get() == 1).await;
        gate.open();
        let mut texts: Vec<String> = Vec::new();
        for task in first {
            texts.push(task.await.unwrap().text().to_owned());
        }
        texts.sort();
        texts.dedup();
        assert_eq!((texts.len(), runs.get()), (5, 5), "{headers:?}");

        // From then on nobody waits for anybody.
        let gate = Gate::default();
        let (app, runs) = gated(&layer, &gate, headers);
        let second = crowd(&app, 5);
        until("all of them run", || runs.get() == 5).await;
        gate.open();
        for task in second {
            task.await.unwrap();
        }
    }
}

#[tokio::test]
async fn once_responses_are_stored_again_callers_share_again() {
    let site = Site::new();
    let failing = Arc::new(AtomicU32::new(500));
    let status = Arc::clone(&failing);
    let app = site.app(site.layer(), move |_, run| {
        let mut response = answer(&[], run.to_string());
        *response.status_mut() = http::StatusCode::from_u16(status.load(Ordering::SeqCst) as u16).unwrap();
        response
    });
    assert_eq!(text(&app, "/x").await, "1");
    failing.store(200, Ordering::SeqCst);
    assert_eq!(text(&app, "/x").await, "2");
    assert!(send(&app, get("/x", &[])).await.is_hit());
}

#[tokio::test]
async fn a_leader_whose_client_goes_away_is_followed_to_the_end() {
    let site = Site::new();
    let gate = Gate::default();
    let (app, runs) = gated(&site.layer().build(), &gate, &[]);
    let leader = crowd(&app, 1).remove(0);
    until("the leader runs", || runs.get() == 1).await;
    let followers = crowd(&app, 3);
    tokio::task::yield_now().await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    gate.open();
    for task in followers {
        assert_eq!(task.await.unwrap().text(), "1");
    }
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn a_leader_whose_client_goes_away_in_the_midst_of_the_body_is_followed_to_the_end() {
    let site = Site::new();
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<&str, std::convert::Infallible>>();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let runs = Arc::clone(&site.runs);
    let page = move || {
        runs.add();
        let body = receiver.lock().unwrap().take().unwrap();
        async move { axum::body::Body::from_stream(body) }
    };
    let app = Router::new().route("/x", route_get(page)).layer(site.layer().build());
    let leader = app.clone().oneshot(get("/x", &[])).await.unwrap();
    let follower = crowd(&app, 1).remove(0);
    tokio::task::yield_now().await;
    sender.unbounded_send(Ok("half ")).unwrap();
    drop(leader);
    sender.unbounded_send(Ok("whole")).unwrap();
    drop(sender);
    assert_eq!(follower.await.unwrap().text(), "half whole");
    assert_eq!(site.runs.get(), 1);
}

#[tokio::test]
async fn a_handler_that_panics_leaves_the_others_to_run() {
    let site = Site::new();
    let gate = Gate::default();
    let (runs, held) = (Arc::clone(&site.runs), gate.clone());
    let page = move || {
        let (run, gate) = (runs.add(), held.clone());
        async move {
            gate.passed().await;
            assert!(run > 1, "the first run panics");
            run.to_string()
        }
    };
    let app = Router::new().route("/x", route_get(page)).layer(site.layer().build());
    let mut crowd = crowd(&app, 3);
    until("one runs", || site.runs.get() == 1).await;
    gate.open();
    assert!(crowd.remove(0).await.unwrap_err().is_panic());
    for task in crowd {
        assert_eq!(task.await.unwrap().status.as_u16(), 200);
    }
    assert!(send(&app, get("/x", &[])).await.is_hit());
}

#[tokio::test]
async fn whoever_waits_too_long_gets_a_response_of_its_own() {
    let site = Site::new();
    let gate = Gate::default();
    let (app, runs) = gated(&site.layer().lock_timeout(Duration::from_secs(5)).build(), &gate, &[]);
    let leader = crowd(&app, 1).remove(0);
    until("the leader runs", || runs.get() == 1).await;
    let follower = crowd(&app, 1).remove(0);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(runs.get(), 1);
    site.clock.advance(Duration::from_secs(5));
    until("the follower runs", || runs.get() == 2).await;
    // And nobody else waits for as long.
    let third = crowd(&app, 1).remove(0);
    until("the third runs", || runs.get() == 3).await;
    gate.open();
    for task in [leader, follower, third] {
        assert_eq!(task.await.unwrap().status.as_u16(), 200);
    }
    assert!(send(&app, get("/x", &[])).await.is_hit());
}

#[tokio::test]
async fn with_no_patience_at_all_responses_are_stored_all_the_same() {
    for kind in KINDS {
        let rig = rig(kind);
        let layer = ResponseCache::builder().cache(rig.cache.clone()).duration(30).lock_timeout(Duration::ZERO).build();
        let gate = Gate::default();
        let (app, runs) = gated(&layer, &gate, &[]);
        let crowd = crowd(&app, 3);
        until("nobody waits for another", || runs.get() == 3).await;
        gate.open();
        for task in crowd {
            task.await.unwrap();
        }
        until("it is stored", || layer.stats().stores >= 1).await;
        assert!(send(&app, get("/x", &[])).await.is_hit(), "{kind}");
    }
}

#[tokio::test]
async fn a_response_that_nobody_reads_holds_nobody_up() {
    let site = Site::new();
    let app = site.counting(site.layer());
    let unread = app.clone().oneshot(get("/x", &[])).await.unwrap();
    let second = send(&app, get("/x", &[])).await;
    assert_eq!((second.text(), second.is_hit()), ("1", true));
    drop(unread);
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_ends_with_its_client() {
    let site = Site::new();
    let gate = Gate::default();
    let ended = Arc::new(AtomicU32::new(0));
    let (runs, held, counted) = (Arc::clone(&site.runs), gate.clone(), Arc::clone(&ended));
    let page = move || {
        let (run, gate, ended) = (runs.add(), held.clone(), Arc::clone(&counted));
        async move {
            gate.passed().await;
            ended.fetch_add(1, Ordering::SeqCst);
            run.to_string()
        }
    };
    let app = Router::new().route("/x", route_get(page)).layer(site.layer().build());
    let client = crowd(&app, 1).remove(0);
    until("it runs", || site.runs.get() == 1).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    gate.open();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ended.load(Ordering::SeqCst), 0);
    assert_eq!(text(&app, "/x").await, "2");
}

#[tokio::test]
async fn those_who_waited_for_a_body_that_breaks_off_get_their_own() {
    let site = Site::new();
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<&str, std::io::Error>>();
    let receiver = Arc::new(std::sync::Mutex::new(Some(receiver)));
    let runs = Arc::clone(&site.runs);
    let page = move || {
        runs.add();
        let body = receiver.lock().unwrap().take();
        async move { body.map_or_else(|| "whole".into(), axum::body::Body::from_stream) }
    };
    let app = Router::new().route("/x", route_get(page)).layer(site.layer().build());
    let leader = app.clone().oneshot(get("/x", &[])).await.unwrap();
    let followers = crowd(&app, 2);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.runs.get(), 1);
    sender.unbounded_send(Err(std::io::Error::other("the origin is gone"))).unwrap();
    assert!(http_body_util::BodyExt::collect(leader.into_body()).await.is_err());
    for task in followers {
        assert_eq!(task.await.unwrap().text(), "whole");
    }
}

#[tokio::test]
async fn a_page_that_asks_for_itself_does_not_wait_for_itself() {
    let site = Site::new();
    let layer = site.layer().build();
    let app: Arc<std::sync::OnceLock<Router>> = Arc::default();
    let (own, runs) = (Arc::clone(&app), Arc::clone(&site.runs));
    let page = move || {
        let (own, run) = (Arc::clone(&own), runs.add());
        async move {
            if run > 1 {
                return run.to_string();
            }
            format!("{run} in {}", text(own.get().unwrap(), "/x").await)
        }
    };
    app.set(Router::new().route("/x", route_get(page)).layer(layer)).unwrap();
    assert_eq!(text(app.get().unwrap(), "/x").await, "1 in 2");
}

#[tokio::test]
async fn nobody_who_waits_gets_a_response_that_turns_out_to_be_private() {
    let site = Site::new();
    let gate = Gate::default();
    let layer = site.layer().build();
    let (app, runs) = gated(&layer, &gate, &[("cache-control", "private")]);
    let ask = |user: &'static str| {
        let app = app.clone();
        tokio::spawn(async move { send(&app, get("/x", &[("x-user", user)])).await.text().to_owned() })
    };
    let (alice, bob) = (ask("alice"), ask("bob"));
    until("one runs", || runs.get() == 1).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(runs.get(), 1, "the other one waits");
    gate.open();
    let (alice, bob) = (alice.await.unwrap(), bob.await.unwrap());
    assert!(alice.starts_with("alice") && bob.starts_with("bob"), "{alice} {bob}");
}
