//! The flow of a call, written once for sync and async: peek, join or lead, look, run, commit.
//!
//! [`enter`] does all that comes before a run and [`leave`] all that comes after it. The run itself stays with the
//! caller, so nothing here knows the function, its future or its types.

mod flight;
#[cfg(feature = "bytes")]
mod glance;
mod look;
mod processes;
mod run;
mod stack;
mod swap;
mod witness;

use std::any::Any;
use std::pin::pin;
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
pub(crate) use look::{Looked, Purpose, Request, before_write, look, peek};
use processes::Asked;
pub use run::Ended;
use run::inside;
pub(crate) use run::{Run, drive, leave};
pub use stack::Inside;
pub(crate) use swap::swap_in;
pub(crate) use witness::{Unwritten, Write};

/// How often a follower whose flight gave it nothing joins another one before it runs for itself.
const ROUNDS: usize = 8;

/// One call that may use the cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) handler: &'a SharedHandler,
    /// Those of the function; direct calls have none of their own.
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
        self.count_function(count);
        self.handler.counters.add(count);
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
    #[cfg_attr(not(feature = "bytes"), allow(dead_code, reason = "objects are given as they are"))]
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
#[cfg_attr(
    not(feature = "bytes"),
    allow(unused_variables, clippy::needless_pass_by_value, reason = "it is given to a glance")
)]
pub(crate) fn look_at_once(handler: &SharedHandler, request: &Request<'_>, room: Option<&mut dyn Any>) -> AtOnce {
    if let Some(value) = peek(handler, request) {
        return AtOnce::Value(value);
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
    if call.single_flight == SingleFlight::Off {
        let purpose = if mode == Mode::Refresh { Purpose::Overwrite } else { Purpose::Run };
        return alone(call, purpose).await;
    }
    if mode == Mode::Refresh {
        // A run of this process that is under way is older, also that of another refresh: what it gives is not to come after
        // this one. Callers who find nothing meanwhile wait for it, and so a younger refresh finds it.
        call.handler.flights.detach(&call.request.key);
        return match call.handler.flights.join(&call.request.key, led) {
            Joined::Lead(leader) => lead(call, leader, Purpose::Overwrite).await,
            Joined::Follow(_) | Joined::Alone => alone(call, Purpose::Overwrite).await,
        };
    }
    if unknown
        && call.handler.backend().answers_at_once()
        && let Looked::Hit(value) = look(call.handler, &call.request, Purpose::Read).await
    {
        call.count(Count::Hit);
        return Entered::Value(value);
    }
    for _ in 0..ROUNDS {
        let leader = match call.handler.flights.join(&call.request.key, led) {
            Joined::Lead(leader) => leader,
            Joined::Follow(follower) => match follow(call, follower).await {
                Followed::Answered(entered) => return entered,
                Followed::Lead(leader) => leader,
                Followed::Alone => return alone(call, Purpose::Run).await,
                Followed::Again => continue,
            },
            Joined::Alone => return alone(call, Purpose::Run).await,
        };
        return lead(call, leader, Purpose::Run).await;
    }
    alone(call, Purpose::Run).await
}

/// What waiting for another caller's run came to.
enum Followed {
    Answered(Entered),
    Lead(Leader),
    Alone,
    Again,
}

async fn follow(call: &Call<'_>, follower: Follower) -> Followed {
    let entered = match follower.wait(call.patience).await {
        Waited::Lead(leader) => return Followed::Lead(leader),
        Waited::Late | Waited::Landed(Landing::SideBySide) => return Followed::Alone,
        Waited::Landed(Landing::Again) => return Followed::Again,
        Waited::Landed(Landing::Value(value)) => Entered::Coalesced(value),
        Waited::Landed(Landing::Whole(whole)) => Entered::Whole(whole),
    };
    call.count(Count::Coalesced);
    Followed::Answered(entered)
}

/// Looks for others and for itself, and runs if there is nothing.
async fn lead(call: &Call<'_>, leader: Leader, purpose: Purpose) -> Entered {
    let generation = call.handler.generation();
    // What is held over an `.await` is part of every caller's future: it is let go early, or kept on the heap where it is
    // seldom needed.
    let looked = inside(Some(leader.id()), pin!(look(call.handler, &call.request, purpose))).await;
    let Asked { right, looked, generation } = match looked {
        // A refresh waits for nobody.
        Looked::Miss(Some(witness)) if purpose == Purpose::Run && call.single_flight == SingleFlight::Shared => {
            inside(Some(leader.id()), Box::pin(processes::ask(call, witness, generation))).await
        }
        looked => Asked { right: None, looked, generation },
    };
    let witness = match looked {
        Looked::Hit(value) => {
            drop(right);
            call.count(Count::Hit);
            let landing = if others_are_answered(call, &leader, generation) {
                Landing::Value(Object::clone(&value))
            } else {
                inside(Some(leader.id()), Box::pin(look_for_others(call))).await
            };
            leader.land(landing);
            return Entered::Value(value);
        }
        Looked::Miss(witness) => witness,
        Looked::Away => {
            call.count_function(Count::Error);
            None
        }
    };
    if purpose == Purpose::Run {
        call.count(Count::Miss);
    }
    call.count(Count::Run);
    Entered::Run(Run { right, leader: Some(leader), witness, generation })
}

/// Whether a hit answers those who wait for it too. One that came after an invalidation must not get what was looked up
/// before it. So nobody can join any more when it is asked whether anything was invalidated meanwhile; if that may be, a
/// second look is behind it for all of them.
fn others_are_answered(call: &Call<'_>, leader: &Leader, generation: u64) -> bool {
    // What other processes invalidate is seen in the store only.
    let alone = call.handler.form() == Form::Objects;
    !leader.close() || (alone && call.handler.generation() == generation)
}

async fn look_for_others(call: &Call<'_>) -> Landing {
    match look(call.handler, &call.request, Purpose::Read).await {
        Looked::Hit(value) => Landing::Value(value),
        Looked::Miss(_) | Looked::Away => Landing::Again,
    }
}

/// Runs without anyone waiting for it, and waits for nobody.
pub(crate) async fn alone(call: &Call<'_>, purpose: Purpose) -> Entered {
    let generation = call.handler.generation();
    let witness = match look(call.handler, &call.request, purpose).await {
        Looked::Hit(value) => {
            call.count(Count::Hit);
            return Entered::Value(value);
        }
        Looked::Miss(witness) => witness,
        Looked::Away => {
            call.count_function(Count::Error);
            None
        }
    };
    if purpose == Purpose::Run {
        call.count(Count::Miss);
    }
    call.count(Count::Run);
    Entered::Run(Run { right: None, leader: None, witness, generation })
}
