//! A type's own `KeyPart` outranks its `Hash`.
#![deny(warnings)]

use larder::cached;
use larder::key::Recorder;

#[derive(Hash)]
struct Request {
    path: String,
    trace: u64,
}

impl larder::KeyPart for Request {
    fn record(&self, recorder: &mut Recorder) {
        self.path.record(recorder);
    }
}

#[cached]
fn respond(request: &Request) -> String {
    format!("{} {}", request.path, request.trace)
}

fn main() {
    let _lab = larder::test::lab();
    let request = |path: &str, trace| Request { path: path.into(), trace };
    assert_eq!((respond(&request("/", 1)), respond(&request("/", 2))), ("/ 1".into(), "/ 1".into()));
    assert_eq!(respond(&request("/a", 2)), "/a 2");
    assert_eq!((respond::stats().runs, respond::stats().hits), (2, 1));
}
