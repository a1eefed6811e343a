//! A call of an annotated function: what both skins share, and the sync one.
//!
//! Generated code has a run of a type of its own, so what is generic over it is compiled for each function, and is kept
//! as small as can be: what comes before the run ([`Answer`]), the run, what comes after it ([`Running::ended`]).

use std::sync::Arc;

use super::how::How;
use super::plan::{Mode, Plan, take_mode};
use super::quick::{self, Quick};
use super::ready::{Asked, call_in, ready};
use super::result::Split;
use super::short::ShortCut;
use super::site::Site;
use crate::block_on;
use crate::cache::{Bound, Current, current};
use crate::entry::Object;
use crate::flow::{AtOnce, Call, Ended, Entered, Inside, Led, Request, Run, enter_waiting, leave_from};
use crate::form::Codec;
use crate::key::{Instance, Record, Recorder};
use crate::pinned;
use crate::ttl::Ttl;

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

    /// Whose function a call is that was not looked for yet. `None` where it touches no cache.
    fn of_plan(site: &'static Site, plan: &mut Plan, codec: &'static Codec) -> Option<Self> {
        // `bypass` outranks a refresh, by the attribute or by the companion.
        let mode = take_mode(site);
        if let Some(mode) = mode.filter(|_| plan.mode != Mode::Uncached) {
            plan.mode = mode;
        }
        if plan.mode == Mode::Uncached || plan.key.is_refused() {
            return None;
        }
        Self::of(site).filter(|whose| whose.bound().is_fit_for(codec, plan.instance))
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

impl Asked {
    /// Where the call is looked for. `None` where it touches no cache.
    pub(super) fn take_whose(&mut self, site: &'static Site, plan: &mut Plan, codec: &'static Codec) -> Option<Whose> {
        self.whose.take().or_else(|| Whose::of_plan(site, plan, codec))
    }
}

impl Placed {
    /// None where there is no handler, which was asked where [`Whose`] was found.
    pub(super) fn call(&self, codec: &'static Codec) -> Option<Call<'_>> {
        call_in(self.whose.bound(), self.site, &self.plan, codec)
    }

    pub(super) fn request(&self, codec: &'static Codec) -> Request<'_> {
        Request { key: self.plan.key_in(self.site), tags: &self.plan.tags, codec }
    }

    /// How long a result is fresh: what its own attribute says of it, or the call's, or the function's.
    pub(super) fn ttl(&self, of_result: Option<Ttl>) -> Ttl {
        self.site.ttl(of_result.or(self.plan.ttl))
    }
}

/// What a call does next.
pub(super) enum Begun<R> {
    /// It has its result.
    Done(R),
    /// It runs the function; without a [`Running`] nobody waits for the run, and it is not stored.
    Run(Option<Box<Running>>),
}

/// A run of an annotated function, and what is to be done behind it. It is on the heap: on the stack of a function that
/// calls itself it would be once for each level.
pub(super) struct Running {
    /// Dropped first: a run that panics is left before those who wait for it are sent on.
    inside: Option<Inside>,
    /// `None` once it was ended.
    pub(super) run: Option<Run>,
    pub(super) placed: Placed,
}

impl Running {
    pub(super) const fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// What its result comes to. The thread is inside of it no more.
    pub(super) fn ended<R, V, S: ShortCut>(&mut self, how: &How<R, V, S>, result: &R) -> Option<Ended> {
        drop(self.inside.take());
        judged(how, result, &self.placed, self.run.as_mut()?)
    }
}

/// The answer of the flow to a call, whatever its result is.
pub(super) enum Answer {
    /// The stored value.
    Value(Object),
    /// The whole result of another run.
    Whole(Object),
    Run(Box<Running>),
}

impl Answer {
    /// It is inlined: what is placed is moved for a run only.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a call would have it moved for each hit")]
    pub(super) fn new(placed: Placed, entered: Entered) -> Self {
        match entered {
            Entered::Value(object) | Entered::Coalesced(object) => Self::Value(object),
            Entered::Whole(object) => Self::Whole(object),
            Entered::Run(run) => Self::Run(pinned::boxed(|| Running { inside: None, run: Some(run), placed })),
        }
    }

    /// The result in it. A value of another type than the function's is none; then the function runs for itself.
    pub(super) fn begun<R, V, S: ShortCut>(answer: Option<Self>, how: &How<R, V, S>) -> Begun<R> {
        let result = match answer {
            Some(Self::Value(object)) => (how.join)(object),
            Some(Self::Whole(object)) => how.share.as_ref().and_then(|share| (share.take)(&object)),
            Some(Self::Run(running)) => return Begun::Run(Some(running)),
            None => None,
        };
        result.map_or(Begun::Run(None), Begun::Done)
    }
}

/// What a run gave, as the flow sees it. Nothing of it borrows the result, which may not be `Sync`.
fn judged<R, V, S: ShortCut>(how: &How<R, V, S>, result: &R, placed: &Placed, right: &mut Run) -> Option<Ended> {
    // What follows calls code of the user's, which may call this very function.
    let _inside = right.inside();
    let (split, ttl) = how.judge(result);
    // What is not stored is copied only if somebody waits for it.
    let mut shared = || how.share.as_ref().filter(|_| right.close()).map(|share| (share.give)(result));
    Some(match split {
        Split::Value(value) => {
            let handler = placed.whose.bound().handler_if_there()?;
            Ended::Value(value, handler.life(placed.ttl(ttl)))
        }
        Split::Nothing => Ended::Nothing(shared()),
        Split::Failed => Ended::Failed(shared()),
    })
}

/// What comes before a run and what comes after it are on the stack of their own functions, so that a function that
/// calls itself needs little more of it for each level than without larder.
#[inline(never)]
fn begin_blocking<R, V, S: ShortCut>(site: &'static Site, plan: &mut Plan, how: &How<R, V, S>) -> Begun<R> {
    let asked = match ready(how, site, plan) {
        Ok(result) => return Begun::Done(result),
        Err(asked) => asked,
    };
    // What was recorded is where it was made as long as it is needed there: it is large.
    let plan = std::mem::replace(plan, Plan::new(Recorder::new()));
    Answer::begun(enter_blocking(site, plan, how.codec, asked), how)
}

fn enter_blocking(site: &'static Site, mut plan: Plan, codec: &'static Codec, mut asked: Asked) -> Option<Answer> {
    let placed = Placed { whose: asked.take_whose(site, &mut plan, codec)?, plan, site };
    let call = placed.call(codec)?;
    let mode = placed.plan.mode;
    let entered = match asked.known.at_once(&call, mode) {
        AtOnce::Value(value) => return Some(Answer::Value(value)),
        not => block_on(enter_waiting(&call, mode, Led::Sync, matches!(not, AtOnce::Unknown))),
    };
    let mut answer = Answer::new(placed, entered);
    if let Answer::Run(running) = &mut answer {
        running.inside = running.run().and_then(Run::inside);
    }
    Some(answer)
}

/// See [`begin_blocking`].
#[inline(never)]
fn end_blocking<R, V, S: ShortCut>(mut running: Box<Running>, how: &How<R, V, S>, result: &R) {
    if let Some(ended) = running.ended(how, result) {
        leave_blocking(&mut running, how.codec, ended);
    }
}

fn leave_blocking(running: &mut Running, codec: &'static Codec, ended: Ended) {
    if let Some(call) = running.placed.call(codec) {
        block_on(leave_from(&call, &mut running.run, ended));
    }
}

/// Calls a sync function whose key is at hand without a buffer.
#[allow(clippy::inline_always, reason = "a call would have all of a hit pass through memory")]
#[inline(always)]
pub fn call_of<R, V, S: ShortCut>(
    site: &'static Site,
    key: impl Record,
    instance: Option<Instance>,
    how: impl Fn() -> How<R, V, S>,
    run: impl FnOnce() -> R,
) -> R {
    let at_hand = how();
    if let Some(found) = at_hand.hit_of(site, key, instance)
        && let Some(value) = at_hand.value_of(&found)
    {
        return at_hand.give(value);
    }
    missed(site, key, instance, how, run)
}

/// All that a call comes to that is no hit, so that little of it is in the function.
#[inline(never)]
fn missed<R, V, S: ShortCut>(
    site: &'static Site,
    key: impl Record,
    instance: Option<Instance>,
    how: impl FnOnce() -> How<R, V, S>,
    run: impl FnOnce() -> R,
) -> R {
    let mut plan = Plan::of(key);
    plan.instance = instance;
    call_tagged(site, &mut plan, &how(), run)
}

/// What is to be done behind a run. It stays where it was begun.
struct UnderWay<S: ShortCut> {
    quick: Option<Quick<S>>,
    running: Option<Box<Running>>,
}

/// Calls a sync function.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub fn call<R, V, S: ShortCut>(site: &'static Site, plan: &mut Plan, how: &How<R, V, S>, run: impl FnOnce() -> R) -> R {
    if let Some(found) = how.hit(site, plan)
        && let Some(value) = how.value_of(&found)
    {
        return how.give(value);
    }
    call_tagged(site, plan, how, run)
}

/// Calls a sync function that has tags, or one that found nothing by the short cut. As it is compiled for each function, there
/// is little more in it than the run.
#[inline]
pub fn call_tagged<R, V, S: ShortCut>(
    site: &'static Site,
    plan: &mut Plan,
    how: &How<R, V, S>,
    run: impl FnOnce() -> R,
) -> R {
    let mut under_way = UnderWay { quick: None, running: None };
    if let Some(result) = begin(site, plan, how, &mut under_way) {
        return result;
    }
    let result = run();
    end(&mut under_way, how, plan, &result);
    result
}

/// Gives the result of a call that needs no run.
#[inline(never)]
fn begin<R, V, S: ShortCut>(
    site: &'static Site,
    plan: &mut Plan,
    how: &How<R, V, S>,
    under_way: &mut UnderWay<S>,
) -> Option<R> {
    let found = quick::begin(how, site, plan, &mut under_way.quick);
    if found.is_some() || under_way.quick.is_some() {
        return found;
    }
    match begin_blocking(site, plan, how) {
        Begun::Done(result) => Some(result),
        Begun::Run(running) => {
            under_way.running = running;
            None
        }
    }
}

/// Stores what a run gave, and answers those who waited.
#[inline(never)]
fn end<R, V, S: ShortCut>(under_way: &mut UnderWay<S>, how: &How<R, V, S>, plan: &Plan, result: &R) {
    if let Some(quick) = &mut under_way.quick {
        quick::end(quick, how, plan, result);
    } else if let Some(running) = under_way.running.take() {
        end_blocking(running, how, result);
    }
}
