//! Calls that need no waiting: their result is found before anything of the call is moved to where it would have to be kept.

use std::any::Any;

use super::call::Whose;
use super::how::How;
use super::plan::{Mode, Plan, is_next_plain};
use super::short::ShortCut;
use super::site::Site;
use crate::cache::Bound;
use crate::flow::{AtOnce, Call, Request, at_once};
use crate::form::Codec;

/// None where there is no handler.
pub(super) fn call_in<'a>(
    bound: &'a Bound,
    site: &'static Site,
    plan: &'a Plan,
    codec: &'static Codec,
) -> Option<Call<'a>> {
    let handler = bound.handler_if_there()?;
    let request = Request { key: plan.key_in(site), tags: &plan.tags, codec };
    let single_flight = site.spec.single_flight;
    Some(Call { single_flight, ..Call::new(handler, Some(&bound.counters), request) })
}

/// What was asked for a call before it goes the way of every call.
pub(super) struct Asked {
    /// Where it was looked, if it was.
    pub(super) whose: Option<Whose>,
    pub(super) known: Known,
}

/// What is known of what is stored for a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// Nobody has looked.
    No,
    /// Nothing that may be given.
    Nothing,
    /// That takes waiting to be known.
    Waiting,
}

impl Known {
    /// What can be had of `call` without waiting.
    pub(super) fn at_once(self, call: &Call<'_>, mode: Mode) -> AtOnce {
        match self {
            Self::No => at_once(call, mode, None),
            Self::Nothing => AtOnce::Nothing,
            Self::Waiting => AtOnce::Unknown,
        }
    }
}

/// The result of a call that needs no waiting, found before anything of the call is moved to where it would have to be kept.
pub(super) fn ready<R, V, S: ShortCut>(how: &How<R, V, S>, site: &'static Site, plan: &Plan) -> Result<R, Asked> {
    // A companion may be about to call it in another mode, which is taken by who enters.
    if plan.mode != Mode::Cached || plan.key.is_refused() || !is_next_plain() {
        return Err(Asked { whose: None, known: Known::No });
    }
    let mut whose = None;
    let found = how.in_room(&mut |room| look(site, plan, how.codec, room, &mut whose));
    found.map_err(|found| {
        let known = match found {
            _ if whose.is_none() => Known::No,
            AtOnce::Nothing => Known::Nothing,
            AtOnce::Value(_) | AtOnce::InRoom | AtOnce::Unknown => Known::Waiting,
        };
        Asked { whose, known }
    })
}

/// Looks in the cache that it is in, which is left in `there` if it can keep such results.
fn look(
    site: &'static Site,
    plan: &Plan,
    codec: &'static Codec,
    room: &mut dyn Any,
    there: &mut Option<Whose>,
) -> AtOnce {
    let Some(whose) = Whose::of(site).filter(|whose| whose.bound().is_fit_for(codec, plan.instance)) else {
        return AtOnce::Unknown;
    };
    let bound = there.insert(whose).bound();
    call_in(bound, site, plan, codec).map_or(AtOnce::Unknown, |call| at_once(&call, Mode::Cached, Some(room)))
}
