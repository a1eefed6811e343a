//! A call of an annotated function: what both skins share, and the sync one.

use std::sync::Arc;

use super::plan::{Mode, Plan, take_mode};
use super::result::{How, Outcome, Split, Value, Verdict};
use super::site::Site;
use crate::block_on;
use crate::cache::{Bound, Current, Handler, current};
use crate::entry::Object;
use crate::flow::{Call, Ended, Entered, Led, Request, Run, at_once, enter_waiting, leave};
use crate::form::Codec;
use crate::ttl::Ttl;

/// `cache_if = |value| …`, with the closure's argument inferred.
pub fn passes<R>(result: &R, test: impl FnOnce(&R) -> bool) -> bool {
    test(result)
}

/// `ttl = |value| …`, with the closure's argument inferred.
pub fn ttl_of<R, T: Into<Ttl>>(result: &R, ttl: impl FnOnce(&R) -> T) -> Ttl {
    ttl(result).into()
}

/// The bound function of this call, on the heap of its cache or static.
pub(super) enum Whose {
    Here(Arc<Bound>),
    Installed(&'static Arc<Bound>),
}

impl Whose {
    pub(super) fn of(site: &'static Site) -> Option<Self> {
        match current(site) {
            Current::In(bound) => Some(Self::Here(bound)),
            Current::Installed(bound) => Some(Self::Installed(bound)),
            #[cfg(feature = "test")]
            Current::Escaped => None,
        }
    }

    pub(super) fn bound(&self) -> &Bound {
        match self {
            Self::Here(bound) => bound,
            Self::Installed(bound) => bound,
        }
    }
}

/// A plan in its cache: everything a call needs but the run.
pub(super) struct Placed {
    pub(super) whose: Whose,
    pub(super) plan: Plan,
    pub(super) site: &'static Site,
}

impl Placed {
    /// `None` where the call touches no cache.
    pub(super) fn new(site: &'static Site, mut plan: Plan) -> Option<Self> {
        // `bypass` outranks a refresh, by the attribute or by the companion.
        let mode = take_mode(site);
        if let Some(mode) = mode.filter(|_| plan.mode != Mode::Uncached) {
            plan.mode = mode;
        }
        if plan.mode == Mode::Uncached || plan.key.is_refused() {
            return None;
        }
        Some(Self { whose: Whose::of(site)?, plan, site })
    }

    pub(super) fn call(&self, codec: Codec) -> Option<Call<'_>> {
        let bound = self.whose.bound();
        let handler = bound.handler_fit_for(&codec, self.plan.instance)?;
        Some(Call { handler, counters: Some(&bound.counters), patience: None, request: self.request(codec) })
    }

    pub(super) fn request(&self, codec: Codec) -> Request<'_> {
        Request { key: self.plan.key_in(self.site), tags: &self.plan.tags, codec }
    }

    /// How long a result is fresh: what its own attribute says of it, or the call's, or the function's.
    pub(super) fn ttl(&self, verdict: Verdict) -> Ttl {
        let site = || self.site.spec.ttl.map(|ttl| ttl());
        verdict.ttl.or(self.plan.ttl).or_else(site).unwrap_or_default()
    }
}

/// What a call does next.
pub(super) enum Next<R> {
    /// It has its result.
    Return(R),
    /// It runs the function, and stores what that gives.
    Run(Run),
    /// It runs the function, and that is all.
    RunAlone,
}

/// What is left of [`How`] after the policy was asked.
pub(super) struct Answer<R, O> {
    outcome: O,
    take: Option<fn(&Object) -> Option<R>>,
}

impl<R, O: Outcome<R>> Answer<R, O>
where
    O::Value: Value,
{
    pub(super) fn new<P>(how: &How<R, O, P>) -> Self {
        Self { outcome: how.outcome, take: how.share.as_ref().map(|share| share.take) }
    }

    /// The result of a call that needs no run, or the run that it needs. A value of another type than this function's
    /// is none (the direct interface lets two callers of one key disagree); then the function runs for itself.
    pub(super) fn of(&self, entered: Entered) -> Next<R> {
        let answer = match entered {
            Entered::Value(object) | Entered::Coalesced(object) => {
                object.downcast_ref::<O::Value>().cloned().map(|value| self.outcome.join(value))
            }
            Entered::Whole(object) => self.take.and_then(|take| take(&object)),
            Entered::Run(run) => return Next::Run(run),
        };
        answer.map_or(Next::RunAlone, Next::Return)
    }
}

/// What a run gave, as the flow sees it. Nothing of it borrows the result, which may not be `Sync`.
pub(super) fn ended<R, O, P>(result: &R, how: How<R, O, P>, placed: &Placed, right: &Run, handler: &Handler) -> Ended
where
    O: Outcome<R>,
    O::Value: Value,
    P: FnOnce(&R) -> Verdict,
{
    // What follows calls code of the user's, which may call this very function.
    let _inside = right.inside();
    let verdict = (how.policy)(result);
    let split = how.outcome.split(result);
    // What is not stored is copied only if somebody waits for it.
    let shared = || how.share.filter(|_| right.close()).map(|share| (share.give)(result));
    match split {
        Split::Value(value) if verdict.store => Ended::Value(Arc::new(value), handler.life(placed.ttl(verdict))),
        Split::Value(_) | Split::Nothing => Ended::Nothing(shared()),
        Split::Failed => Ended::Failed(shared()),
    }
}

/// What comes before a run and what comes after it are on the stack of their own functions, so that a function that
/// calls itself needs little more of it for each level than without larder.
#[inline(never)]
fn enter_blocking(call: &Call<'_>, mode: Mode) -> Entered {
    at_once(call, mode).unwrap_or_else(|| block_on(enter_waiting(call, mode, Led::Sync)))
}

/// See [`enter_blocking`].
#[inline(never)]
fn leave_blocking(call: &Call<'_>, run: Run, ended: Ended) {
    block_on(leave(call, run, ended));
}

/// Calls a sync function.
pub fn call<R, O, P>(site: &'static Site, plan: Plan, how: How<R, O, P>, run: impl FnOnce() -> R) -> R
where
    O: Outcome<R>,
    O::Value: Value,
    P: FnOnce(&R) -> Verdict,
{
    let Some(placed) = Placed::new(site, plan) else {
        return run();
    };
    let Some(call) = placed.call(how.codec) else {
        return run();
    };
    let answer = Answer::new(&how);
    match answer.of(enter_blocking(&call, placed.plan.mode)) {
        Next::Return(result) => result,
        Next::RunAlone => run(),
        Next::Run(right) => {
            let inside = right.inside();
            let result = run();
            drop(inside);
            let ended = ended(&result, how, &placed, &right, call.handler);
            leave_blocking(&call, right, ended);
            result
        }
    }
}
