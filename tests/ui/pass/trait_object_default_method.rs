//! A default method with `skip(self)`, called through `dyn Trait`, is told apart by the type behind the object.
#![deny(warnings)]

use larder::cached;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

static RUNS: AtomicU32 = AtomicU32::new(0);

trait Named {
    fn name(&self) -> &'static str;

    #[cached(skip(self))]
    fn greeting(&self, mark: char) -> String {
        RUNS.fetch_add(1, SeqCst);
        format!("hello {}{mark}", self.name())
    }
}

struct Ann;
struct Bob;
impl Named for Ann {
    fn name(&self) -> &'static str {
        "ann"
    }
}
impl Named for Bob {
    fn name(&self) -> &'static str {
        "bob"
    }
}

fn main() {
    let _lab = larder::test::lab();
    let all: [&dyn Named; 3] = [&Ann, &Bob, &Ann];
    assert_eq!(all.map(|named| named.greeting('!')), ["hello ann!", "hello bob!", "hello ann!"]);
    assert_eq!(RUNS.load(SeqCst), 2);
}
