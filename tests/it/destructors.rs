//! Calls from a thread that is ending.

use std::cell::RefCell;

use larder::cached;

#[cached(name = "at_the_end")]
fn at_the_end(n: u32) -> u32 {
    n
}

struct CallsAtTheEnd(larder::test::Pass);

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        assert_eq!(at_the_end(2), 2);
    }
}

thread_local! {
    static LAST: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) };
}

#[test]
fn a_call_from_a_destructor_of_a_thread_local_works() {
    std::thread::spawn(|| {
        LAST.with_borrow(Option::is_none);
        let lab = larder::test::lab();
        LAST.set(Some(CallsAtTheEnd(lab.pass())));
        LAST.with_borrow(|last| assert!(last.as_ref().is_some_and(|last| last.0.run(|| true))));
        LAST.with_borrow_mut(|_| ());
        drop(lab);
        assert_eq!(at_the_end(1), 1);
    })
    .join()
    .unwrap();
}
