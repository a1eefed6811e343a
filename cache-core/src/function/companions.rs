//! The operations that come with a cached function: what its companion type calls.

use std::future::Future;
use std::pin::pin;

use super::call::{Placed, Whose};
use super::plan::{Mode, Plan, set_mode};
use super::result::{How, Outcome, Split, Value, Verdict};
use super::site::Site;
use crate::cache::{Invalidation, SharedHandler};
use crate::entry::Object;
use crate::epoch::EpochName;
use crate::error::Result;
use crate::flow::{Looked, Purpose, look, peek as peek_at};
use crate::form::Codec;
use crate::stats::Stats;

impl Placed {
    /// A plan for an operation that runs nothing; `None` outside the test that is under way, and for arguments whose
    /// calls are not cached.
    fn for_operation(site: &'static Site, plan: Plan) -> Option<Self> {
        if plan.key.is_refused() {
            return None;
        }
        Some(Self { whose: Whose::of(site)?, plan, site })
    }

    fn handler(&self) -> Result<&SharedHandler> {
        self.whose.bound().handler()
    }
}

/// Drops the result of one call.
///
/// # Errors
/// When the handler cannot be reached; the invalidation is then repeated before the handler is read again.
pub async fn invalidate(site: &'static Site, plan: Plan) -> Result<()> {
    let Some(placed) = Placed::for_operation(site, plan) else {
        return Ok(());
    };
    placed.handler()?.invalidate_key(&placed.plan.key_in(site)).await
}

/// Drops everything that a function stored.
///
/// # Errors
/// As [`invalidate`].
pub async fn clear(site: &'static Site) -> Result<()> {
    let Some(whose) = Whose::of(site) else { return Ok(()) };
    let name = site.name();
    let epochs = vec![EpochName::function(name)];
    whose.bound().handler()?.invalidate(format!("clearing `{name}`"), Invalidation::Epochs(epochs)).await
}

/// What happened to the calls of a function.
pub fn stats(site: &'static Site) -> Stats {
    Whose::of(site).map_or_else(Stats::default, |whose| whose.bound().counters.stats())
}

/// What is stored and fresh for a call, as the value inside its `Ok` or `Some`. A handler that fails is a miss.
///
/// # Errors
/// When the function's handler is not there.
pub async fn peek<V: Value>(site: &'static Site, plan: Plan, codec: Codec) -> Result<Option<V>> {
    let Some(placed) = Placed::for_operation(site, plan) else {
        return Ok(None);
    };
    let handler = placed.handler()?;
    let request = placed.request(codec);
    if let Some(object) = peek_at(handler, &request) {
        return Ok(object.downcast_ref::<V>().cloned());
    }
    match look(handler, &request, Purpose::Read).await {
        Looked::Hit(object) => Ok(object.downcast_ref::<V>().cloned()),
        Looked::Miss(_) | Looked::Away => Ok(None),
    }
}

/// What is stored and fresh for a call, as the whole result.
///
/// # Errors
/// As [`peek`].
pub async fn peek_whole<R, O: Outcome<R>>(
    site: &'static Site,
    plan: Plan,
    outcome: O,
    codec: Codec,
) -> Result<Option<R>>
where
    O::Value: Value,
{
    Ok(peek::<O::Value>(site, plan, codec).await?.map(|value| outcome.join(value)))
}

/// Stores a result without a run, as a run that gave it would have: what the attributes do not store is not stored.
///
/// # Errors
/// When the handler is not there, cannot be reached, or cannot keep the result.
pub fn prime<R, O, P>(
    site: &'static Site,
    plan: Plan,
    how: How<R, O, P>,
    result: &R,
) -> impl Future<Output = Result<()>> + use<R, O, P>
where
    O: Outcome<R>,
    O::Value: Value,
    P: FnOnce(&R) -> Verdict,
{
    let verdict = (how.policy)(result);
    let codec = how.codec;
    let value: Option<Object> = match how.outcome.split(result) {
        Split::Value(value) if verdict.store => Some(std::sync::Arc::new(value)),
        _ => None,
    };
    store(site, plan, codec, verdict, value)
}

async fn store(site: &'static Site, plan: Plan, codec: Codec, verdict: Verdict, value: Option<Object>) -> Result<()> {
    let (Some(value), Some(placed)) = (value, Placed::for_operation(site, plan)) else {
        return Ok(());
    };
    let handler = placed.handler()?;
    let life = handler.life(placed.ttl(verdict));
    handler.set(&placed.request(codec), &value, life).await
}

/// Runs `call` so that the next call of `site` on this thread is one in `mode`.
pub fn with_mode<R>(site: &'static Site, mode: Mode, call: impl FnOnce() -> R) -> R {
    let _mode = set_mode(site, mode);
    call()
}

/// Polls `call` so that the call of `site` that it begins with is one in `mode`.
pub async fn with_mode_async<F: Future>(site: &'static Site, mode: Mode, call: F) -> F::Output {
    let mut call = pin!(call);
    let mut first = true;
    std::future::poll_fn(|context| {
        if std::mem::take(&mut first) {
            let _mode = set_mode(site, mode);
            return call.as_mut().poll(context);
        }
        call.as_mut().poll(context)
    })
    .await
}
