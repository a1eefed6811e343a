//! The contract of tower's services: the one that was ready is the one that is called.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt as _};

use super::site::{Site, get};

/// A service that is ready once it was asked, and whose clones are not. It counts those that are ready and unused.
struct Strict {
    ready: bool,
    reserved: Arc<AtomicU32>,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false, reserved: Arc::clone(&self.reserved) }
    }
}

impl Drop for Strict {
    fn drop(&mut self) {
        if self.ready {
            self.reserved.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Service<Request<Body>> for Strict {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if !self.ready {
            self.ready = true;
            self.reserved.fetch_add(1, Ordering::SeqCst);
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(self.ready, "it is called without having been ready");
        self.ready = false;
        self.reserved.fetch_sub(1, Ordering::SeqCst);
        ready(Ok(Response::new(Body::from("body"))))
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_called_or_given_back() {
    let site = Site::new();
    let reserved = Arc::new(AtomicU32::new(0));
    let mut service = site.layer().build().layer(Strict { ready: false, reserved: Arc::clone(&reserved) });
    for headers in [&[][..], &[], &[("cookie", "a=b")], &[("range", "bytes=0-")]] {
        let response = service.ready().await.unwrap().call(get("/x", headers)).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        drop(response);
        assert_eq!(reserved.load(Ordering::SeqCst), 0, "a hit holds nothing of the service that it did not call");
    }
}

/// A service that is never ready, for a reason.
#[derive(Clone)]
struct Broken;

impl Service<Request<Body>> for Broken {
    type Response = Response<Body>;
    type Error = String;
    type Future = Ready<Result<Response<Body>, String>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Err("closed".to_owned()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Err("called".to_owned()))
    }
}

#[tokio::test]
async fn errors_of_the_service_are_its_callers() {
    let site = Site::new();
    let mut service = site.layer().build().layer(Broken);
    assert_eq!(service.ready().await.err().unwrap(), "closed");
    assert_eq!(service.call(get("/x", &[])).await.err().unwrap(), "called");
    assert_eq!(site.cache.stats().totals.stores, 0);
}
