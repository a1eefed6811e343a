use super::*;
use crate::redis::exchange::Command;

/// Whether the thread is told of another request of somebody without a runtime, with so many under way that are sent.
fn is_told(queue: &mut Queue, under_way: u64) -> bool {
    let caller = Caller { waker: Waker::noop(), home: None };
    let queued = queue.put(Packed::Small(&[&Command::new("PING")]), 1, Vec::new(), under_way, caller);
    match queued {
        Poll::Ready(Ok(Queued { tell, writes: Writes::Not, .. })) => tell,
        _ => panic!("the caller writes it, or there is no room"),
    }
}

#[test]
fn no_request_is_held_while_the_server_may_be_far() {
    for under_way in [16, 64, 128, 1_000] {
        assert!(is_told(&mut Queue::default(), under_way), "{under_way}");
    }
}

#[test]
fn requests_to_a_server_that_is_near_and_has_plenty_are_held_until_they_are_a_batch() {
    let mut queue = Queue::default();
    queue.allow_holding();
    while queue.awaited.len() < 63 {
        assert!(!is_told(&mut queue, 128));
    }
    let caller = Caller { waker: Waker::noop(), home: None };
    let last = queue.put(Packed::Small(&[&Command::new("PING")]), 1, Vec::new(), 128, caller);
    assert!(matches!(last, Poll::Ready(Ok(Queued { writes: Writes::Now, .. }))), "half of 128 are a batch");
}

#[test]
fn no_request_is_held_while_a_server_that_is_near_has_few() {
    // So many under way that are sent, of a crowd of that size.
    for (sent, crowd, held) in [(15, 128, false), (16, 128, true), (63, 127, false), (64, 127, true), (20, 40, false)] {
        let mut queue = Queue { crowd, ..Queue::default() };
        queue.allow_holding();
        assert_eq!(!is_told(&mut queue, sent), held, "{sent} of {crowd}");
    }
}

#[test]
fn what_a_server_reads_at_once_is_a_batch_unless_it_is_few_requests() {
    for (length, batch) in [(0, 256), (200, 70), (1_000, 32), (4_000, 17), (70_000, 1)] {
        let mut queue = Queue { crowd: 1_000, ..Queue::default() };
        queue.allow_holding();
        let command = Command::new("SET").arg(vec![b'x'; length]);
        let written = (1..1_000).find(|_| {
            let caller = Caller { waker: Waker::noop(), home: None };
            let queued = queue.put(Packed::of(&[&command]), 1, Vec::new(), 1_000, caller);
            matches!(queued, Poll::Ready(Ok(Queued { writes: Writes::Now, .. })))
        });
        assert_eq!(written, Some(batch), "requests of {length} bytes");
    }
}
