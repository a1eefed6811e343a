//! The async skin of a call. What is before and behind a run is on the heap, so that a function that calls itself needs
//! little more of the stack for each level than without larder.

use std::future::Future;
use std::mem::MaybeUninit;
use std::pin::Pin;

use super::call::{Answer, Begun, Placed, Running};
use super::how::How;
use super::plan::Plan;
use super::ready::{Asked, Known, ready};
use super::result::Returns;
use super::short::ShortCut;
use super::site::Site;
use crate::flow::{AtOnce, Ended, Led, drive, enter_waiting, leave_from};
use crate::form::Codec;
use crate::pinned::pinned;

/// The result of a call that needs no waiting.
fn found<R, V, S: ShortCut>(how: &How<R, V, S>, site: &'static Site, plan: &Plan) -> Result<R, Asked> {
    let again = plan.may_be_short(site).then(|| how.again(site, plan, plan.key_in(site).mark())).flatten();
    again.map_or_else(|| ready(how, site, plan), Ok)
}

/// What a call comes to before a run. On the heap as a whole, so that nothing of the call is moved about while it waits.
#[inline(never)]
fn entered(
    site: &'static Site,
    mut plan: Plan,
    codec: &'static Codec,
    mut asked: Asked,
) -> Option<Pin<Box<dyn Future<Output = Option<Answer>> + Send>>> {
    let (whose, known) = (asked.take_whose(site, &mut plan, codec)?, asked.known);
    Some(pinned(|| enter(Placed { whose, plan, site }, codec, known)))
}

#[allow(clippy::inline_always, reason = "a call would have all of it moved")]
#[allow(clippy::manual_async_fn, reason = "an `async fn` would hold its arguments twice")]
#[inline(always)]
fn enter(placed: Placed, codec: &'static Codec, known: Known) -> impl Future<Output = Option<Answer>> + Send {
    async move {
        let entered = {
            let (call, mode) = (placed.call(codec)?, placed.plan.mode);
            match known.at_once(&call, mode) {
                AtOnce::Value(value) => return Some(Answer::Value(value)),
                not => enter_waiting(&call, mode, Led::Async, matches!(not, AtOnce::Unknown)).await,
            }
        };
        Some(Answer::new(placed, entered))
    }
}

/// How much [`leave`] would be smaller than [`enter`]. It is made as large: allocators are quickest with a piece that was given back just
/// before, and so what is behind a run has the place of what was before it.
const PADDING: usize = 160;

#[allow(clippy::inline_always, reason = "as above")]
#[allow(clippy::manual_async_fn, reason = "as above")]
#[inline(always)]
fn leave(mut running: Box<Running>, codec: &'static Codec, ended: Ended) -> impl Future<Output = ()> + Send {
    async move {
        // Used behind the wait, so that it is a part of the future.
        let padding = MaybeUninit::<[u8; PADDING]>::uninit();
        let Running { placed, run, .. } = &mut *running;
        if let Some(call) = placed.call(codec) {
            leave_from(&call, run, ended).await;
        }
        let _ends_here = &padding;
    }
}

/// The future of [`leave`], on the heap.
fn leaving(running: Box<Running>, codec: &'static Codec, ended: Ended) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    pinned(|| leave(running, codec, ended))
}

/// Stores what a run gave, and answers those who waited.
#[inline(never)]
fn end<R, V, S: ShortCut>(
    running: Option<Box<Running>>,
    how: &How<R, V, S>,
    result: &R,
) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
    let mut running = running?;
    let ended = running.ended(how, result)?;
    Some(leaving(running, how.codec, ended))
}

/// The first level of calling an async function: its result is `Send`, so it can be held while it is being stored.
pub trait CallSend<R> {
    /// Calls an async function. The future is `Send` if that of the function is.
    fn larder_call_async<V, S, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, V, S>,
        run: F,
    ) -> impl Future<Output = R>
    where
        S: ShortCut,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>;
}

#[allow(clippy::manual_async_fn, reason = "the signature is the trait's")]
impl<R: Send> CallSend<R> for &Returns<R> {
    fn larder_call_async<V, S, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, V, S>,
        run: F,
    ) -> impl Future<Output = R>
    where
        S: ShortCut,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        async move {
            let asked = match found(&how, site, &plan) {
                Ok(result) => return result,
                Err(asked) => asked,
            };
            let answer = match entered(site, plan, how.codec, asked) {
                Some(entered) => entered.await,
                None => None,
            };
            let running = match Answer::begun(answer, &how) {
                Begun::Done(result) => return result,
                Begun::Run(running) => running,
            };
            // The run is boxed, and only where there is one: a hit's future stays small.
            let result = drive(running.as_deref().and_then(Running::run), Box::pin(run())).await;
            if let Some(end) = end(running, &how, &result) {
                end.await;
            }
            result
        }
    }
}

/// The last level of calling an async function: its result is not `Send` and must not be held over an `.await`, or the
/// function's future would not be `Send` any more. So it is given at once, and stored behind the caller's back.
pub trait CallLocal<R> {
    /// Calls an async function. The future is `Send` if that of the function is.
    fn larder_call_async<V, S, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, V, S>,
        run: F,
    ) -> impl Future<Output = R>
    where
        S: ShortCut,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>;
}

#[allow(clippy::manual_async_fn, reason = "the signature is the trait's")]
impl<R> CallLocal<R> for Returns<R> {
    fn larder_call_async<V, S, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, V, S>,
        run: F,
    ) -> impl Future<Output = R>
    where
        S: ShortCut,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        async move {
            let asked = match found(&how, site, &plan) {
                Ok(result) => return result,
                Err(asked) => asked,
            };
            let answer = match entered(site, plan, how.codec, asked) {
                Some(entered) => entered.await,
                None => None,
            };
            let running = match Answer::begun(answer, &how) {
                Begun::Done(result) => return result,
                Begun::Run(running) => running,
            };
            let result = drive(running.as_deref().and_then(Running::run), Box::pin(run())).await;
            if let Some(end) = end(running, &how, &result) {
                crate::background::finish(end);
            }
            result
        }
    }
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::*;

    /// The piece of memory that the system's allocator on Linux, for one, has for the future that is made.
    fn piece<A, B, C, F>(_: impl FnOnce(A, B, C) -> F) -> usize {
        (size_of::<F>() + size_of::<usize>()).next_multiple_of(16)
    }

    /// Pieces up to this size are kept at hand for each thread. What is larger costs a call several times as much, and threads wait
    /// for each other.
    const AT_HAND: usize = 1_040;

    #[test]
    fn what_each_call_has_on_the_heap_is_a_piece_that_is_kept_at_hand_and_serves_both_of_its_parts() {
        let (before, behind) = (piece(enter), piece(leave));
        assert!(before <= AT_HAND, "{before} bytes");
        // Without handlers of bytes both are smaller, and their difference is another one.
        assert!(
            !cfg!(feature = "bytes") || before == behind,
            "{before} and {behind}: the difference goes into `PADDING`"
        );
    }
}
