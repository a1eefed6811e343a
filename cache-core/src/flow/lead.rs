//! Leading: a caller looks, for itself and for those who wait, and runs if there is nothing.
//!
//! What is held over an `.await` is part of every caller's future. So what a look comes to is mostly found out without one, and
//! all that is seldom is on the heap.

use std::future::Future;
use std::pin::{Pin, pin};

use super::flight::{Landing, Leader};
use super::look::{Looked, Purpose, look, look_since};
use super::processes::{self, Asked};
use super::run::{Run, inside};
use super::witness::Witness;
use super::{Call, Entered};
use crate::entry::{Form, Object};
use crate::function::SingleFlight;
use crate::stats::Count;

/// What a look comes to.
enum Next<'a> {
    Entered(Entered),
    /// That takes further questions.
    Asks(Pin<Box<dyn Future<Output = Entered> + Send + 'a>>),
}

/// Looks, and runs if there is nothing. Without a leader nobody waits for it, and it waits for nobody.
pub(crate) async fn lead(call: &Call<'_>, leader: Option<Leader<'_>>, purpose: Purpose) -> Entered {
    let (flight, since) = (leader.as_ref().map(Leader::id), leader.as_ref().map(Leader::since));
    let generation = call.handler.generation();
    let looked = inside(flight, pin!(look_since(call.handler, &call.request, purpose, since))).await;
    let asks = match looked_up(call, leader, purpose, looked, generation) {
        Next::Entered(entered) => return entered,
        Next::Asks(asks) => asks,
    };
    inside(flight, asks).await
}

fn looked_up<'a>(
    call: &'a Call<'a>,
    leader: Option<Leader<'a>>,
    purpose: Purpose,
    looked: Looked,
    generation: u64,
) -> Next<'a> {
    // A refresh waits for nobody.
    let is_shared = purpose == Purpose::Run && call.single_flight == SingleFlight::Shared;
    match (looked, leader) {
        (Looked::Miss(Some(witness)), Some(leader)) if is_shared => {
            Next::Asks(Box::pin(among_processes(call, leader, witness, generation)))
        }
        (looked, leader) => next(call, leader, purpose, Asked { right: None, looked, generation }),
    }
}

/// Has the right to run among all processes first.
async fn among_processes(call: &Call<'_>, leader: Leader<'_>, witness: Box<Witness>, generation: u64) -> Entered {
    let asked = processes::ask(call, witness, generation).await;
    match next(call, Some(leader), Purpose::Run, asked) {
        Next::Entered(entered) => entered,
        Next::Asks(asks) => asks.await,
    }
}

fn next<'a>(call: &'a Call<'a>, leader: Option<Leader<'a>>, purpose: Purpose, asked: Asked) -> Next<'a> {
    let Asked { right, looked, generation } = asked;
    let witness = match looked {
        Looked::Hit(value) => {
            drop(right);
            return hit(call, leader, generation, value);
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
    let leader = leader.map(Leader::kept);
    Next::Entered(Entered::Run(Run { right, leader, witness, generation }))
}

fn hit<'a>(call: &'a Call<'a>, leader: Option<Leader<'a>>, generation: u64, value: Object) -> Next<'a> {
    call.count(Count::Hit);
    if let Some(mut leader) = leader {
        if !answers_others(call, &mut leader, generation) {
            return Next::Asks(Box::pin(ask_for_others(call, leader, value)));
        }
        leader.land_by(|| Landing::Value(Object::clone(&value)));
    }
    Next::Entered(Entered::Value(value))
}

/// Whether a hit answers those who wait for it too. One that came after an invalidation must not get what was looked up
/// before it. So nobody can join any more when it is asked whether anything was invalidated meanwhile; if that may be, a
/// second look is behind it for all of them.
fn answers_others(call: &Call<'_>, leader: &mut Leader<'_>, generation: u64) -> bool {
    // What other processes invalidate is seen in the store only.
    let alone = call.handler.form() == Form::Objects;
    !leader.close() || (alone && call.handler.generation() == generation)
}

async fn ask_for_others(call: &Call<'_>, leader: Leader<'_>, value: Object) -> Entered {
    let landing = match look(call.handler, &call.request, Purpose::Read).await {
        Looked::Hit(value) => Landing::Value(value),
        Looked::Miss(_) | Looked::Away => Landing::Again,
    };
    leader.land(landing);
    Entered::Value(value)
}
