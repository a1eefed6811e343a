//! The operations that come with a cached function: what its companion type calls.

use std::future::Future;
use std::pin::pin;

use super::call::{Placed, Whose};
use super::how::How;
use super::plan::{Mode, ModeGuard, Plan, Prime, set_mode};
use super::result::Split;
use super::short::ShortCut;
use super::site::Site;
use crate::block_on;
use crate::cache::{Invalidation, SharedHandler};
use crate::entry::Object;
use crate::epoch::EpochName;
use crate::error::Result;
use crate::flow::{Looked, Purpose, look, peek as peek_at};
use crate::form::Codec;
use crate::stats::Stats;
use crate::ttl::Ttl;

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

/// What is stored and fresh for a call, as an object. A handler that fails is a miss.
async fn stored(site: &'static Site, plan: Plan, codec: &'static Codec) -> Result<Option<Object>> {
    let Some(placed) = Placed::for_operation(site, plan) else {
        return Ok(None);
    };
    let handler = placed.handler()?;
    let request = placed.request(codec);
    if let Some(object) = peek_at(handler, &request) {
        return Ok(Some(object));
    }
    match look(handler, &request, Purpose::Read).await {
        Looked::Hit(object) => Ok(Some(object)),
        Looked::Miss(_) | Looked::Away => Ok(None),
    }
}

/// What is stored and fresh for a call, as the value inside its `Ok` or `Some`. A handler that fails is a miss.
///
/// # Errors
/// When the function's handler is not there.
pub async fn peek<R, V, S: ShortCut>(site: &'static Site, plan: Plan, how: How<R, V, S>) -> Result<Option<V>> {
    Ok(stored(site, plan, how.codec).await?.and_then(|object| (how.value)(&object)))
}

/// What is stored and fresh for a call, as the whole result.
///
/// # Errors
/// As [`peek`].
pub async fn peek_whole<R, V, S: ShortCut>(site: &'static Site, plan: Plan, how: How<R, V, S>) -> Result<Option<R>> {
    Ok(stored(site, plan, how.codec).await?.and_then(how.join))
}

/// Stores a result without a run, as a run that gave it would have: what the attributes do not store is not stored.
///
/// # Errors
/// When the handler is not there, cannot be reached, or cannot keep the result.
pub fn prime<R, V, M, S: ShortCut, P: Prime<R, M>>(
    site: &'static Site,
    plan: Plan,
    how: How<R, V, S>,
    value: P,
) -> impl Future<Output = Result<()>> + Send + use<R, V, M, S, P> {
    let (split, ttl) = how.judge(&value.whole());
    store(site, plan, how.codec, split, ttl)
}

/// Does with a primed result what a run that gave it would do.
async fn store(
    site: &'static Site,
    plan: Plan,
    codec: &'static Codec,
    split: Split<Object>,
    ttl: Option<Ttl>,
) -> Result<()> {
    let Some(placed) = Placed::for_operation(site, plan) else {
        return Ok(());
    };
    let handler = placed.handler()?;
    let request = placed.request(codec);
    match split {
        Split::Value(value) => handler.set(&request, &value, handler.life(placed.ttl(ttl))).await,
        Split::Nothing => handler.invalidate_key(&request.key).await,
        Split::Failed => Ok(()),
    }
}

/// Makes the next call of `site` on this thread one in `mode`, until the guard is dropped.
#[must_use]
pub fn in_mode(site: &'static Site, mode: Mode) -> ModeGuard {
    set_mode(site, mode)
}

/// Polls `call` so that the call of `site` that it begins with is one in `mode`.
pub async fn in_mode_async<F: Future>(site: &'static Site, mode: Mode, call: F) -> F::Output {
    let mut call = pin!(call);
    let mut first = true;
    std::future::poll_fn(|context| {
        let _mode = std::mem::take(&mut first).then(|| set_mode(site, mode));
        call.as_mut().poll(context)
    })
    .await
}

/// The same operations for sync functions.
pub mod blocking {
    use super::{How, Plan, Prime, Result, ShortCut, Site, block_on};

    /// See [`super::invalidate`].
    ///
    /// # Errors
    /// As there.
    pub fn invalidate(site: &'static Site, plan: Plan) -> Result<()> {
        block_on(super::invalidate(site, plan))
    }

    /// See [`super::clear`].
    ///
    /// # Errors
    /// As there.
    pub fn clear(site: &'static Site) -> Result<()> {
        block_on(super::clear(site))
    }

    /// See [`super::peek`].
    ///
    /// # Errors
    /// As there.
    pub fn peek<R, V, S: ShortCut>(site: &'static Site, plan: Plan, how: How<R, V, S>) -> Result<Option<V>> {
        block_on(super::peek(site, plan, how))
    }

    /// See [`super::peek_whole`].
    ///
    /// # Errors
    /// As there.
    pub fn peek_whole<R, V, S: ShortCut>(site: &'static Site, plan: Plan, how: How<R, V, S>) -> Result<Option<R>> {
        block_on(super::peek_whole(site, plan, how))
    }

    /// See [`super::prime`].
    ///
    /// # Errors
    /// As there.
    pub fn prime<R, V, M, S: ShortCut>(
        site: &'static Site,
        plan: Plan,
        how: How<R, V, S>,
        value: impl Prime<R, M>,
    ) -> Result<()> {
        block_on(super::prime(site, plan, how, value))
    }
}
