//! [`How`]: how the results of a function are read, kept and shared, with nothing of its types but the result's own.
//!
//! What depends on the stored type stands behind function pointers. So a call is compiled once for each type of result,
//! and not for each function, and only [`Returns::how`] asks that a result can be stored at all.

use std::any::{Any, TypeId};
use std::sync::Arc;

use super::kept::{Share, Value};
use super::plan::Plan;
use super::result::{Outcome, Returns, Split};
use super::short::{Short, ShortCut};
use super::site::Site;
use super::time_to_live::TimeToLive;
use crate::entry::Object;
use crate::flow::{AtOnce, Unawaited, Waiters};
use crate::form::Codec;
use crate::key::{Instance, Probe, Recorded};
use crate::ttl::Ttl;

/// What the attributes say of one result.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub(crate) store: bool,
    pub(crate) ttl: Option<Ttl>,
}

impl Verdict {
    /// Stored, for the time that the site or the plan says.
    #[must_use]
    pub const fn store() -> Self {
        Self { store: true, ttl: None }
    }

    /// `cache_if = |value| …`.
    #[must_use]
    pub const fn only_if(mut self, passes: bool) -> Self {
        self.store = self.store && passes;
        self
    }

    /// `ttl = |value| …`.
    #[must_use]
    pub const fn ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = Some(ttl);
        self
    }
}

/// `cache_if = |value| …`, with the closure's argument inferred.
pub fn passes<R>(result: &R, test: impl FnOnce(&R) -> bool) -> bool {
    test(result)
}

/// `ttl = |value| …`, with the closure's argument inferred.
pub fn ttl_of<R, T: TimeToLive>(result: &R, ttl: impl FnOnce(&R) -> T) -> Ttl {
    ttl(result).ttl()
}

/// How results of type `R` are read, kept and shared; `V` is what is stored of them. A few pointers, whatever the types.
#[derive(Debug)]
pub struct How<R, V, S: ShortCut> {
    split: fn(&R) -> Split<V>,
    object: fn(V) -> Object,
    /// The result that a stored value is of. None if it is of another type than this function's: the direct interface
    /// lets two callers of one key disagree.
    pub(super) join: fn(Object) -> Option<R>,
    /// The result of a value that is put into the room which is offered, an `Option` of its type; with what was said of it.
    room: Room<R>,
    /// The result of a stored value.
    give: fn(&V) -> R,
    /// The type of what is stored.
    values: TypeId,
    short: Short<V, S>,
    pub(super) value: fn(&Object) -> Option<V>,
    pub(super) codec: &'static Codec,
    pub(super) share: Option<Share<R>>,
    policy: fn(&R) -> Verdict,
}

/// See [`How::in_room`].
type Room<R> = fn(&mut dyn FnMut(&mut dyn Any) -> AtOnce) -> (AtOnce, Option<R>);

impl<R, V, S: ShortCut> Clone for How<R, V, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, V, S: ShortCut> Copy for How<R, V, S> {}

impl<R> Returns<R> {
    /// Results that fall apart as `outcome` says, are kept by `codec`, shared by `share` and found by `short`.
    #[inline]
    pub fn how<O: Outcome<R>, S: ShortCut>(
        self,
        _outcome: O,
        codec: &'static Codec,
        share: Option<Share<R>>,
        short: Short<O::Value, S>,
    ) -> How<R, O::Value, S>
    where
        O::Value: Value,
    {
        How {
            split: O::split,
            object: |value| Arc::new(value),
            join: |object| object.downcast::<O::Value>().ok().map(taken).map(O::join),
            room: |offer| {
                let mut room = None::<O::Value>;
                let found = offer(&mut room);
                (found, room.map(O::join))
            },
            give: |value| O::join(value.clone()),
            values: TypeId::of::<O::Value>(),
            short,
            value: |object| object.downcast_ref::<O::Value>().cloned(),
            codec,
            share,
            policy: |_| Verdict::store(),
        }
    }
}

impl<R, V, S: ShortCut> How<R, V, S> {
    /// What the attributes say of one result.
    #[must_use]
    pub const fn policy(mut self, policy: fn(&R) -> Verdict) -> Self {
        self.policy = policy;
        self
    }

    /// The result of a plain call that has found none by the short cut, if it is there all the same. Makes the short cut.
    pub(super) fn again(&self, site: &'static Site, plan: &Plan, mark: u64) -> Option<R> {
        let found = (self.short.again)(site, &Recorded(plan.key.bytes()), mark, plan.instance)?;
        self.value_of(&found).map(self.give)
    }

    /// The result of a call that needs no waiting, if `look` finds one; else what it found.
    pub(super) fn in_room(&self, look: &mut dyn FnMut(&mut dyn Any) -> AtOnce) -> Result<R, AtOnce> {
        let (found, result) = (self.room)(look);
        match found {
            AtOnce::Value(object) => (self.join)(object).ok_or(AtOnce::Unknown),
            found => result.ok_or(found),
        }
    }

    /// The value of what was found by a short cut.
    #[allow(clippy::inline_always, reason = "a call would have all of this pass through memory")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn value_of<'a>(&self, found: &'a S::Found) -> Option<&'a V> {
        (self.short.value)(found)
    }

    /// The result of a stored value. Made where it is to be: to move a text that was copied just now, the processor has to wait
    /// until all of it is written.
    #[allow(clippy::inline_always, reason = "as above")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn give(&self, value: &V) -> R {
        (self.give)(value)
    }

    /// What a short cut finds for a call whose key is at hand without a buffer.
    #[allow(clippy::inline_always, reason = "as above")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn hit_of(&self, site: &'static Site, key: impl Probe, instance: Option<Instance>) -> Option<S::Found> {
        S::find(site, self.values, key, None, instance)
    }

    /// What a short cut finds for any call.
    #[allow(clippy::inline_always, reason = "as above")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn hit(&self, site: &'static Site, plan: &Plan) -> Option<S::Found> {
        if !plan.is_plain() {
            return None;
        }
        S::find(site, self.values, Recorded(plan.key.bytes()), plan.mark, plan.instance)
    }

    /// The same, of a type of which there is no value.
    pub(super) fn valueless<W>(self, give: fn(&W) -> R) -> How<R, W, S> {
        let Self { join, room, values, codec, share, policy, .. } = self;
        How {
            split: |_| Split::Nothing,
            object: |_| Arc::new(()),
            join,
            room,
            give,
            values,
            short: Short::none(),
            value: |_| None,
            codec,
            share,
            policy,
        }
    }

    /// What is stored of `result`, and for how long if its attributes say so.
    pub(super) fn judge(&self, result: &R) -> (Split<Object>, Option<Ttl>) {
        let (split, ttl) = self.judge_value(result);
        let split = match split {
            Split::Value(value) => Split::Value((self.object)(value)),
            Split::Nothing => Split::Nothing,
            Split::Failed => Split::Failed,
        };
        (split, ttl)
    }

    /// The same, as a value of its own type.
    pub(super) fn judge_value(&self, result: &R) -> (Split<V>, Option<Ttl>) {
        let verdict = (self.policy)(result);
        let split = match (self.split)(result) {
            Split::Value(_) if !verdict.store => Split::Nothing,
            split => split,
        };
        (split, verdict.ttl)
    }

    /// The value of `result`, for those who waited for it.
    pub(super) fn object(&self, result: &R) -> Option<Object> {
        match (self.split)(result) {
            Split::Value(value) => Some((self.object)(value)),
            Split::Nothing | Split::Failed => None,
        }
    }

    /// The whole of `result`, for those who waited for it.
    pub(super) fn shared(&self, result: &R) -> Option<Object> {
        self.share.as_ref().map(|share| (share.give)(result))
    }

    /// See [`Short::ticket`].
    pub(super) fn ticket(&self, site: &'static Site, plan: &Plan, mark: u64) -> Option<S::Ticket> {
        (self.short.ticket)(site, mark, plan.instance)
    }

    /// See [`Short::keep`]; `ttl` is that of the result.
    pub(super) fn keep(
        &self,
        ticket: &mut S::Ticket,
        run: &mut Unawaited,
        plan: &Plan,
        value: V,
        ttl: Option<Ttl>,
    ) -> Option<Waiters> {
        (self.short.keep)(ticket, run, plan.key.bytes(), value, ttl.or(plan.ttl))
    }
}

/// The value that is shared, or a copy where others have it too. That they do is most often seen without asking to be
/// the only one, which is a locked instruction.
#[inline(always)]
fn taken<V: Clone>(value: Arc<V>) -> V {
    if Arc::strong_count(&value) > 1 { V::clone(&value) } else { Arc::unwrap_or_clone(value) }
}
