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

/// What is known of what is stored for a call, before it goes the way of every call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    /// Nobody has looked.
    No,
    /// Nothing that may be given.
    Nothing,
    /// That takes waiting to be known.
    Unknown,
}

impl Asked {
    /// What can be had of `call` without waiting.
    pub(super) fn at_once(self, call: &Call<'_>, mode: Mode) -> AtOnce {
        match self {
            Self::No => at_once(call, mode, None),
            Self::Nothing => AtOnce::Nothing,
            Self::Unknown => AtOnce::Unknown,
        }
    }
}

/// The result of a call that needs no waiting, found before anything of the call is moved to where it would have to be kept.
pub(super) fn ready<R, V, S: ShortCut>(how: &How<R, V, S>, site: &'static Site, plan: &Plan) -> Result<R, Asked> {
    // A companion may be about to call it in another mode, which is taken by who enters.
    if plan.mode != Mode::Cached || plan.key.is_refused() || !is_next_plain() {
        return Err(Asked::No);
    }
    how.in_room(&mut |room| look(site, plan, how.codec, room)).map_err(|found| match found {
        AtOnce::Nothing => Asked::Nothing,
        AtOnce::Value(_) | AtOnce::InRoom | AtOnce::Unknown => Asked::Unknown,
    })
}

fn look(site: &'static Site, plan: &Plan, codec: &'static Codec, room: &mut dyn Any) -> AtOnce {
    let Some(whose) = Whose::of(site) else { return AtOnce::Unknown };
    let bound = whose.bound();
    if !bound.is_fit_for(codec, plan.instance) {
        return AtOnce::Unknown;
    }
    call_in(bound, site, plan, codec).map_or(AtOnce::Unknown, |call| at_once(&call, Mode::Cached, Some(room)))
}
