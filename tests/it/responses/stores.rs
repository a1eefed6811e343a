//! The same through every handler: to the byte, or a miss. A store that is away fails nobody.

use axum::Router;
use http::{HeaderName, HeaderValue};
use larder::http::ResponseCache;
use larder::{Cache, Ram};

use super::site::{Site, answer, get, send, text, until};
use crate::support::{KINDS, Rig, Server, rig};

/// A site on a real handler, by the machine's clock.
fn on(rig: &Rig) -> Site {
    Site { cache: rig.cache.clone(), clock: rig.cache.clock().clone(), runs: std::sync::Arc::default() }
}

#[tokio::test]
async fn headers_and_bodies_come_back_to_the_byte_from_every_handler() {
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for kind in KINDS {
        let rig = rig(kind);
        let site = on(&rig);
        let sent = body.clone();
        let app = site.app(site.layer(), move |_, _| {
            let mut response = answer(&[("x-b", "2"), ("x-a", "1"), ("x-b", "1"), ("x-empty", "")], sent.clone());
            let name = HeaderName::from_static("x-bytes");
            response.headers_mut().append(name, HeaderValue::from_bytes(b"\xff\xfe caf\xe9").unwrap());
            response
        });
        let first = send(&app, get("/x", &[])).await;
        until("it is stored", || site.cache.stats().totals.stores == 1).await;
        let mut hit = send(&app, get("/x", &[])).await;
        assert!(hit.is_hit(), "{kind}: {}", hit.cache_status());
        assert_eq!(hit.body, body, "{kind}");
        hit.headers.remove("age");
        let (mut first, mut hit) = (first.headers, hit.headers);
        first.remove("cache-status");
        hit.remove("cache-status");
        assert_eq!(first, hit, "{kind}");
        assert_eq!(hit.get_all("x-b").iter().collect::<Vec<_>>(), ["2", "1"], "{kind}");
    }
}

#[tokio::test]
async fn variants_are_found_on_every_handler() {
    for kind in KINDS {
        let rig = rig(kind);
        let site = on(&rig);
        let app = site.app(site.layer(), |_, run| answer(&[("vary", "a")], run.to_string()));
        let ask = |a: &'static str| send(&app, get("/x", &[("a", a)]));
        for (a, run) in [("1", "1"), ("2", "2"), ("1", "1"), ("2", "2")] {
            assert_eq!(ask(a).await.text(), run, "{kind}");
        }
        let stats = site.cache.stats().totals;
        assert_eq!((stats.hits + stats.coalesced, stats.runs), (2, 2), "{kind}");
    }
}

#[tokio::test]
async fn what_was_damaged_in_the_store_is_a_miss() {
    let rig = rig("redis");
    let site = on(&rig);
    let app = site.counting(site.layer());
    let mut raw = rig.server.as_ref().unwrap().raw();
    let stored = |raw: &mut redis::Connection| -> Option<(String, Vec<u8>)> {
        let keys: Vec<String> = redis::cmd("KEYS").arg("cache:h:*").query(raw).unwrap();
        let key = keys.into_iter().next()?;
        let bytes = redis::cmd("GET").arg(&key).query(raw).unwrap();
        Some((key, bytes))
    };
    assert_eq!(text(&app, "/x?a=1").await, "1");
    until("it is stored", || stored(&mut raw).is_some()).await;
    let (key, bytes) = stored(&mut raw).unwrap();
    assert!(key.starts_with("cache:h:0:site:/x?a=1~"), "{key}");
    let mut run = 1_u32;
    for at in [0, 4, 6, 20, 40, 60, 79, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = stored(&mut raw).unwrap().1;
        damaged[at] ^= 0x40;
        redis::cmd("SET").arg(&key).arg(&damaged).exec(&mut raw).unwrap();
        run += 1;
        assert_eq!(text(&app, "/x?a=1").await, run.to_string(), "byte {at}");
        until("it is stored anew", || site.cache.stats().totals.stores == u64::from(run)).await;
    }
}

#[tokio::test]
async fn a_server_that_goes_away_fails_nobody_and_is_used_again_when_it_is_back() {
    let mut server = Server::start();
    let cache = Cache::builder().handler("it", server.builder()).build().unwrap();
    let site = Site { clock: cache.clock().clone(), cache, runs: std::sync::Arc::default() };
    let app = site.counting(site.layer());
    assert_eq!(text(&app, "/x").await, "1");
    server.stop();
    for _ in 0..20 {
        let answer = send(&app, get("/x", &[])).await;
        assert_eq!(answer.status.as_u16(), 200);
    }
    assert!(site.runs.get() > 10);
    server.start_again();
    let clock = larder::Clock::system();
    let start = clock.now();
    while !send(&app, get("/x", &[])).await.is_hit() {
        assert!(clock.now() - start < 10_000, "it was never used again");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn two_processes_share_what_one_of_them_stored() {
    let server = Server::start();
    let site = |server: &Server| {
        let cache = Cache::builder().handler("it", server.builder()).build().unwrap();
        Site { clock: cache.clock().clone(), cache, runs: std::sync::Arc::default() }
    };
    let (here, there) = (site(&server), site(&server));
    let (layer, other) = (here.layer().build(), there.layer().build());
    let app = |site: &Site, layer: &ResponseCache| {
        Router::new().route("/{*rest}", site.handler(|_, run| answer(&[], run.to_string()))).layer(layer.clone())
    };
    let (first, second) = (app(&here, &layer), app(&there, &other));
    text(&first, "/x").await;
    until("it is stored", || here.cache.stats().totals.stores == 1).await;
    assert!(send(&second, get("/x", &[])).await.is_hit());
    other.invalidate("/x").await.unwrap();
    assert_eq!(text(&first, "/x").await, "2");
}

#[tokio::test]
async fn a_handler_of_few_entries_keeps_as_many_responses() {
    let cache = Cache::builder().handler("ram", Ram::builder().threshold(2)).build().unwrap();
    let site = Site { clock: cache.clock().clone(), cache, runs: std::sync::Arc::default() };
    let app = site.counting(site.layer());
    for target in ["/1", "/2", "/3"] {
        text(&app, target).await;
    }
    let mut hits = 0;
    for target in ["/3", "/2", "/1"] {
        hits += u32::from(send(&app, get(target, &[("cache-control", "only-if-cached")])).await.is_hit());
    }
    assert_eq!(hits, 2);
}

#[tokio::test]
async fn invalidated_variants_leave_nothing_behind() {
    let rig = rig("redis");
    let site = on(&rig);
    let app = site.app(site.layer().duration(larder::Ttl::Forever), |_, run| answer(&[("vary", "a")], run.to_string()));
    let mut raw = rig.server.as_ref().unwrap().raw();
    let mut sizes = Vec::new();
    for round in 1..=5 {
        send(&app, get("/x", &[("a", "1")])).await;
        until("it is stored", || site.cache.stats().totals.stores >= round * 2 - 1).await;
        send(&app, super::site::request("POST", "/x", &[])).await;
        sizes.push(redis::cmd("DBSIZE").query::<u64>(&mut raw).unwrap());
    }
    assert_eq!(sizes[1], sizes[4], "{sizes:?}");
}

#[tokio::test]
async fn a_server_that_hangs_costs_no_thread_for_each_response() {
    let server = Server::start();
    let cache = Cache::builder().handler("it", server.builder()).build().unwrap();
    let site = Site { clock: cache.clock().clone(), cache, runs: std::sync::Arc::default() };
    let app = site.counting(site.layer());
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let mut open = Vec::new();
    for index in 0..100 {
        open.push(tower::ServiceExt::oneshot(app.clone(), get(&format!("/{index}"), &[])).await.unwrap());
    }
    let before = threads();
    server.signal("-STOP");
    for response in open {
        http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
    }
    let during = threads();
    server.signal("-CONT");
    assert!(during <= before + 5, "{before} threads became {during}");
}
