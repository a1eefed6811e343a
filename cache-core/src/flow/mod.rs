//! The flow of a call, written once for sync and async: peek, join or lead, look, run, commit.
//!
//! [`enter`] does all that comes before a run and [`leave`] all that comes after it. The run itself stays with the
//! caller, so nothing here knows the function, its future or its types.

mod flight;
#[cfg(feature = "bytes")]
mod glance;
mod lead;
mod look;
mod processes;
mod run;
mod stack;
mod swap;
mod valid;
mod witness;

use std::any::Any;
use std::time::Duration;

use crate::cache::SharedHandler;
use crate::entry::{Form, Object};
#[cfg(feature = "bytes")]
use crate::form::bytes::Goal;
use crate::function::{Mode, SingleFlight};
use crate::stats::{Count, Counters};
pub(crate) use flight::{Flights, Landing, Led};
use flight::{Follower, Joined, Leader, Waited};
pub use flight::{Followers, Unawaited, Waiters};
#[cfg(feature = "bytes")]
use glance::{Glimpse, glance};
pub(crate) use lead::lead;
use look::show;
pub(crate) use look::{Looked, Purpose, Request, before_write, look, peek};
pub use run::Ended;
pub(crate) use run::{Run, drive, leave, leave_from};
pub use stack::Inside;
pub(crate) use swap::swap_in;
pub(crate) use witness::{Unwritten, Write};

/// How often a follower whose flight gave it nothing joins another one before it runs for itself.
const ROUNDS: usize = 8;

/// One call that may use the cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) handler: &'a SharedHandler,
    /// Those of the function, a part of the handler's; direct calls have none of their own.
    pub(crate) counters: Option<&'a Counters>,
    /// How long it waits for another caller's run; by default for as long as a flight may last.
    pub(crate) patience: Option<Duration>,
    /// Who shares its run.
    pub(crate) single_flight: SingleFlight,
    pub(crate) request: Request<'a>,
}

impl<'a> Call<'a> {
    /// A call that shares its run with the callers of this process.
    pub(crate) const fn new(handler: &'a SharedHandler, counters: Option<&'a Counters>, request: Request<'a>) -> Self {
        Self { handler, counters, patience: None, single_flight: SingleFlight::Process, request }
    }

    pub(crate) fn count(&self, count: Count) {
        match self.counters {
            Some(counters) => counters.add_within(&self.handler.counters, count),
            None => self.handler.counters.add(count),
        }
    }

    /// What the handler has counted for itself already.
    fn count_function(&self, count: Count) {
        if let Some(counters) = self.counters {
            counters.add(count);
        }
    }
}

/// What a call comes to before a run.
pub(crate) enum Entered {
    /// A stored value.
    Value(Object),
    /// The value of a run that another caller led.
    Coalesced(Object),
    /// The whole result of such a run, which is not stored.
    Whole(Object),
    /// This caller runs the function, inside of [`Run::inside`], and then [`leave`]s.
    Run(Run),
}

/// What can be had without waiting.
pub(crate) enum AtOnce {
    Value(Object),
    /// The value is in the room that was given for it.
    InRoom,
    /// Nothing is stored that may be given.
    Nothing,
    /// That takes waiting to be known.
    Unknown,
}

/// The answer to a call that needs no waiting; it may be put into `room`, an `Option` of the call's type.
pub(crate) fn at_once(call: &Call<'_>, mode: Mode, room: Option<&mut dyn Any>) -> AtOnce {
    if mode != Mode::Cached {
        return AtOnce::Unknown;
    }
    let found = look_at_once(call.handler, &call.request, room);
    if matches!(found, AtOnce::Value(_) | AtOnce::InRoom) {
        call.count(Count::Hit);
    }
    found
}

/// What is stored for `request`, if that can be had without waiting.
pub(crate) fn look_at_once(handler: &SharedHandler, request: &Request<'_>, mut room: Option<&mut dyn Any>) -> AtOnce {
    let mut found = None;
    show(handler, request, |value| {
        // To share it first is two locked instructions, which threads wait for.
        let is_in_room =
            handler.backend().peeks_freely() && room.as_deref_mut().is_some_and(|room| request.codec.copy(value, room));
        found = Some(if is_in_room { AtOnce::InRoom } else { AtOnce::Value(Object::clone(value)) });
    });
    if let Some(found) = found {
        return found;
    }
    match handler.form() {
        Form::Objects => AtOnce::Unknown,
        #[cfg(feature = "bytes")]
        Form::Bytes if handler.backend().answers_at_once() => {
            let mut object = None;
            let goal = room.map_or(Goal::Object(&mut object), Goal::Room);
            match glance(handler, request, goal) {
                Glimpse::Value => object.map_or(AtOnce::InRoom, AtOnce::Value),
                Glimpse::Nothing => AtOnce::Nothing,
                Glimpse::Unknown => AtOnce::Unknown,
            }
        }
        Form::Bytes => AtOnce::Unknown,
    }
}

/// Answers a call, or gives it the right to run.
pub(crate) async fn enter(call: &Call<'_>, mode: Mode, led: Led) -> Entered {
    match at_once(call, mode, None) {
        AtOnce::Value(value) => Entered::Value(value),
        not => enter_waiting(call, mode, led, matches!(not, AtOnce::Unknown)).await,
    }
}

/// [`enter`], where [`at_once`] gave nothing; `unknown` if that could not tell what is stored.
pub(crate) async fn enter_waiting(call: &Call<'_>, mode: Mode, led: Led, unknown: bool) -> Entered {
    if mode == Mode::Refresh {
        return lead(call, refresh(call, led), Purpose::Overwrite).await;
    }
    if call.single_flight == SingleFlight::Off {
        return lead(call, None, Purpose::Run).await;
    }
    if unknown
        && call.handler.backend().answers_at_once()
        && let Looked::Hit(value) = Box::pin(look(call.handler, &call.request, Purpose::Read)).await
    {
        call.count(Count::Hit);
        return Entered::Value(value);
    }
    let leader = match call.handler.flights.join(&call.request.key, led) {
        Joined::Lead(leader) => Some(leader),
        Joined::Alone => None,
        Joined::Follow(follower) => match follow(call, follower, led).await {
            Followed::Answered(entered) => return entered,
            Followed::Runs(leader) => leader,
        },
    };
    lead(call, leader, Purpose::Run).await
}

/// A run of this process that is under way is older than a refresh, also that of another refresh: what it gives is not to come
/// after this one. Callers who find nothing meanwhile wait for it, and so a younger refresh finds it.
fn refresh<'a>(call: &Call<'a>, led: Led) -> Option<Leader<'a>> {
    if call.single_flight == SingleFlight::Off {
        return None;
    }
    call.handler.flights.detach(&call.request.key);
    match call.handler.flights.join(&call.request.key, led) {
        Joined::Lead(leader) => Some(leader),
        Joined::Follow(_) | Joined::Alone => None,
    }
}

/// What waiting for another caller's run came to.
enum Followed<'a> {
    Answered(Entered),
    /// This caller runs, and leads if others may wait for it.
    Runs(Option<Leader<'a>>),
}

async fn follow<'a>(call: &Call<'a>, mut follower: Follower, led: Led) -> Followed<'a> {
    for _ in 0..ROUNDS {
        let entered = match follower.wait(call.patience).await {
            Waited::Lead(leader) => return Followed::Runs(Some(leader)),
            Waited::Late | Waited::Landed(Landing::SideBySide) => break,
            Waited::Landed(Landing::Again) => {
                follower = match call.handler.flights.join(&call.request.key, led) {
                    Joined::Lead(leader) => return Followed::Runs(Some(leader)),
                    Joined::Follow(follower) => follower,
                    Joined::Alone => break,
                };
                continue;
            }
            Waited::Landed(Landing::Value(value)) => Entered::Coalesced(value),
            Waited::Landed(Landing::Whole(whole)) => Entered::Whole(whole),
        };
        call.count(Count::Coalesced);
        return Followed::Answered(entered);
    }
    Followed::Runs(None)
}
