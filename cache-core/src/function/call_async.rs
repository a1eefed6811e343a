//! The async skin of a call. What is before and behind a run is on the heap, so that a function that calls itself needs
//! little more of the stack for each level than without larder.

use std::future::Future;
use std::pin::Pin;

use super::call::{Answer, Next, Placed, ended};
use super::plan::{Mode, Plan};
use super::result::{How, Outcome, Returns, Value, Verdict};
use super::site::Site;
use crate::flow::{Call, Ended, Entered, Led, Run, at_once, drive, enter_waiting, leave};

/// The future of [`enter_waiting`], on the heap.
#[inline(never)]
fn enter_boxed<'a>(call: &'a Call<'a>, mode: Mode) -> Pin<Box<dyn Future<Output = Entered> + Send + 'a>> {
    Box::pin(enter_waiting(call, mode, Led::Async))
}

/// `enter`, with nothing on the heap for a hit that needs no waiting.
async fn entered(call: &Call<'_>, mode: Mode) -> Entered {
    match at_once(call, mode) {
        Some(entered) => entered,
        None => enter_boxed(call, mode).await,
    }
}

/// The future of [`leave`], on the heap.
#[inline(never)]
fn leave_boxed<'a>(call: &'a Call<'a>, run: Run, ended: Ended) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
    Box::pin(leave(call, run, ended))
}

/// The first level of calling an async function: its result is `Send`, so it can be held while it is being stored.
pub trait CallSend<R> {
    /// Calls an async function. The future is `Send` if that of the function is.
    fn call_async<O, P, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, O, P>,
        run: F,
    ) -> impl Future<Output = R>
    where
        O: Outcome<R>,
        O::Value: Value,
        P: FnOnce(&R) -> Verdict,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>;
}

#[allow(clippy::manual_async_fn, reason = "the signature is the trait's")]
impl<R: Send> CallSend<R> for &Returns<R> {
    fn call_async<O, P, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, O, P>,
        run: F,
    ) -> impl Future<Output = R>
    where
        O: Outcome<R>,
        O::Value: Value,
        P: FnOnce(&R) -> Verdict,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        async move {
            // The run is boxed, and only where there is one: a hit's future stays small.
            let Some(placed) = Placed::new(site, plan) else {
                return Box::pin(run()).await;
            };
            let Some(call) = placed.call(how.codec) else {
                return Box::pin(run()).await;
            };
            let answer = Answer::new(&how);
            match answer.of(entered(&call, placed.plan.mode).await) {
                Next::Return(result) => result,
                Next::RunAlone => Box::pin(run()).await,
                Next::Run(right) => {
                    let result = drive(&right, Box::pin(run()).as_mut()).await;
                    let ended = ended(&result, how, &placed, &right, call.handler);
                    leave_boxed(&call, right, ended).await;
                    result
                }
            }
        }
    }
}

/// The last level of calling an async function: its result is not `Send` and must not be held over an `.await`, or the
/// function's future would not be `Send` any more. So it is given at once, and stored behind the caller's back.
pub trait CallLocal<R> {
    /// Calls an async function. The future is `Send` if that of the function is.
    fn call_async<O, P, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, O, P>,
        run: F,
    ) -> impl Future<Output = R>
    where
        O: Outcome<R>,
        O::Value: Value,
        P: FnOnce(&R) -> Verdict,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>;
}

#[allow(clippy::manual_async_fn, reason = "the signature is the trait's")]
impl<R> CallLocal<R> for Returns<R> {
    fn call_async<O, P, F, Fut>(
        &self,
        site: &'static Site,
        plan: Plan,
        how: How<R, O, P>,
        run: F,
    ) -> impl Future<Output = R>
    where
        O: Outcome<R>,
        O::Value: Value,
        P: FnOnce(&R) -> Verdict,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        async move {
            let codec = how.codec;
            let Some(placed) = Placed::new(site, plan) else {
                return Box::pin(run()).await;
            };
            let entered = match placed.call(codec) {
                Some(call) => entered(&call, placed.plan.mode).await,
                None => return Box::pin(run()).await,
            };
            // In a block of its own: no result may be alive at an `.await` below.
            let right = {
                match Answer::new(&how).of(entered) {
                    Next::Return(result) => return result,
                    Next::Run(right) => Some(right),
                    Next::RunAlone => None,
                }
            };
            let Some(right) = right else {
                return Box::pin(run()).await;
            };
            let result = drive(&right, Box::pin(run()).as_mut()).await;
            let Some(call) = placed.call(codec) else { return result };
            let ended = ended(&result, how, &placed, &right, call.handler);
            crate::background::finish(async move {
                if let Some(call) = placed.call(codec) {
                    leave(&call, right, ended).await;
                }
            });
            result
        }
    }
}
