//! What the handler's thread sees to while callers wait, and do things for each other.

use std::future::poll_fn;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use cache_core::wake_all;

use super::line::Line;
use super::{Exchange, Shared};

/// For so long it is left to callers to wake others, and to write for them.
const MOMENT: Duration = Duration::from_millis(5);

impl Exchange {
    /// Does what callers were to do for others and did not for a moment: wakes them, and writes their requests. To be polled
    /// whenever the handler's thread is woken, as it is by the reply to something: nothing is left to callers while nothing
    /// is under way. Never ends.
    pub(in crate::redis) async fn help_out(&self) {
        let Shared { wakes, .. } = &self.shared;
        loop {
            // There is no timer where callers come one by one: a near one is dear to set on many a machine.
            poll_fn(|_| if self.is_left_to_callers() { Poll::Ready(()) } else { Poll::Pending }).await;
            let (woken, queued) = (wakes.round(), self.shared.queue().left());
            tokio::time::sleep(MOMENT).await;
            wakes.pass_on_late(woken);
            if let Some(queued) = queued {
                self.write(queued);
            }
        }
    }

    fn is_left_to_callers(&self) -> bool {
        self.shared.wakes.owes() || self.shared.queue().left().is_some()
    }

    /// A number that grows whenever the server is seen to do something for requests, also where a large value is still under
    /// way.
    pub(in crate::redis) fn signs(&self) -> u64 {
        self.shared.signs.load(Ordering::SeqCst)
    }

    /// When the latest request that was answered was sent, in milliseconds, at the earliest.
    pub(in crate::redis) fn heard(&self) -> u64 {
        self.shared.heard.load(Ordering::SeqCst)
    }

    /// The login is over: what answers from now on is the server.
    pub(in crate::redis) fn begin_use(&self) {
        self.shared.neighbour.begin();
    }

    /// From now on [`Exchange::remind`] is called with every `tick` while requests are under way.
    pub(in crate::redis) fn remind_every(&self, tick: Duration) {
        let millis = u64::try_from(tick.as_millis()).unwrap_or(u64::MAX);
        self.ticks.store(millis, Ordering::SeqCst);
    }

    /// When whoever waits is woken at the latest, if that is known: a request is reminded of by the second tick behind it.
    pub(super) fn wakes_within(&self) -> Option<Duration> {
        let millis = self.ticks.load(Ordering::Relaxed);
        (millis > 0).then(|| Duration::from_millis(millis.saturating_mul(2)))
    }

    /// Wakes those who wait for the answers to these requests, by the number that each has in the order in which they were put
    /// in. Gives the number of the next one.
    pub(in crate::redis) fn remind(&self, requests: Range<u64>) -> u64 {
        let answered = self.shared.answered.load(Ordering::SeqCst);
        let place = |number: u64| number.saturating_sub(answered) as usize;
        let (first, end) = (place(requests.start), place(requests.end));
        let mut waiting = Vec::new();
        if end > first {
            // Those in the queue are behind those that are sent, and nothing goes from one to the other while the line is locked.
            let line = self.line();
            let queue = self.shared.queue();
            let all = line.iter().flat_map(Line::awaited).chain(queue.awaited());
            waiting.extend(all.take(end).skip(first).map(|awaited| Arc::clone(&awaited.answer)));
        }
        // With no lock held: a waker may be the last that holds a task, and that task another request.
        wake_all(waiting.iter().filter_map(|answer| answer.waker()));
        self.shared.queue().requests()
    }

    /// Whether a request waits for replies, also when its caller has left. If none does, the thread is told of the next one.
    pub(in crate::redis) fn is_busy(&self) -> bool {
        let mut queue = self.shared.queue();
        let busy = self.shared.under_way(&queue) > 0;
        if !busy {
            queue.leave_unwatched();
        }
        busy
    }
}
