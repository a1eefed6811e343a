//! The flow of a call, written once for sync and async: peek, join or lead, look, run, commit.
//!
//! [`enter`] does all that comes before a run and [`leave`] all that comes after it. The run itself stays with the
//! caller, so nothing here knows the function, its future or its types.

mod flight;
mod look;
mod map;
mod stack;
mod witness;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use crate::cache::{Handler, SharedHandler};
use crate::entry::{Form, Object};
use crate::function::Mode;
use crate::stats::{Count, Counters};
use crate::ttl::Life;
pub use flight::Followers;
pub(crate) use flight::{Flights, Led};
use flight::{Follower, Joined, Landing, Leader, Waited};
pub(crate) use look::{Looked, Purpose, Request, before_write, look, peek};
pub use stack::Inside;
use witness::{Committed, Standing, Witness};
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
    pub(crate) request: Request<'a>,
}

impl Call<'_> {
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

/// The right to run a function, and the duty to end what waits for it.
pub(crate) struct Run {
    /// Others wait for this run.
    leader: Option<Leader>,
    /// What the result may be stored over; `None` when the handler is away.
    witness: Option<Witness>,
    /// How much this process had invalidated on the handler before the run.
    generation: u64,
}

impl Run {
    /// Lets nobody join any more, and gives whether anyone waits.
    pub(crate) fn close(&self) -> bool {
        self.leader.as_ref().is_some_and(Leader::close)
    }

    /// Whether its result can be stored.
    pub(crate) const fn can_store(&self) -> bool {
        self.witness.is_some()
    }

    /// Those who wait for this run, to be asked for later.
    pub(crate) fn followers(&self) -> Followers {
        self.leader.as_ref().map_or_else(Followers::default, Leader::followers)
    }

    /// Whether others can wait for this run.
    pub(crate) const fn is_led(&self) -> bool {
        self.leader.is_some()
    }

    /// Stores `value` at another key than the run's, under what the run saw: an entry of `beside` depends on the same
    /// epochs. That slot must be one that nobody invalidates by its key, since what it held before the run is not known. (A
    /// younger run's value may be overwritten there: nothing was invalidated between the two, or this one is not current.)
    pub(crate) async fn store_beside(
        &self,
        handler: &Handler,
        beside: &Request<'_>,
        value: &Object,
        life: Life,
    ) -> bool {
        let detached = self.leader.as_ref().is_some_and(Leader::is_detached);
        let Some(witness) = self.witness.as_ref().filter(|_| !detached && !life.is_none()) else { return false };
        let Ok(mut there) = before_write(handler, beside).await else { return false };
        there.stands_for(witness);
        matches!(there.store(handler, beside, value, life).await, Committed::Stored(_))
    }

    /// Makes the calling thread be inside of this run.
    pub(crate) fn inside(&self) -> Option<Inside> {
        self.leader.as_ref().map(|leader| Inside::of(leader.id()))
    }
}

/// Polls `future` inside of the run that it is.
pub(crate) async fn drive<F: Future>(run: &Run, future: F) -> F::Output {
    inside(run.leader.as_ref().map(Leader::id), future).await
}

/// Polls `future` inside of the run of `flight`. Not only the function runs inside: reading and storing its result call
/// code of the user's too (`Clone`, `Drop`, serde, the closures of attributes), which may call cached functions.
async fn inside<F: Future>(flight: Option<u64>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _inside = flight.map(Inside::of);
        future.as_mut().poll(context)
    })
    .await
}

/// The answer to a call that needs no waiting.
pub(crate) fn at_once(call: &Call<'_>, mode: Mode) -> Option<Entered> {
    let value = (mode == Mode::Cached).then(|| peek(call.handler, &call.request)).flatten()?;
    call.count(Count::Hit);
    Some(Entered::Value(value))
}

/// Answers a call, or gives it the right to run.
pub(crate) async fn enter(call: &Call<'_>, mode: Mode, led: Led) -> Entered {
    match at_once(call, mode) {
        Some(entered) => entered,
        None => enter_waiting(call, mode, led).await,
    }
}

/// [`enter`], where [`at_once`] gave nothing.
pub(crate) async fn enter_waiting(call: &Call<'_>, mode: Mode, led: Led) -> Entered {
    if mode == Mode::Refresh {
        // A run of this process that is under way is older: what it gives is not to come after the refresh.
        call.handler.flights.detach(&call.request.key);
        return alone(call, Purpose::Overwrite).await;
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
        return lead(call, leader).await;
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
async fn lead(call: &Call<'_>, leader: Leader) -> Entered {
    let generation = call.handler.generation();
    let witness = match inside(Some(leader.id()), look(call.handler, &call.request, Purpose::Run)).await {
        Looked::Hit(value) => {
            call.count(Count::Hit);
            let landing = inside(Some(leader.id()), hit_for_others(call, &leader, generation, &value)).await;
            leader.land(landing);
            return Entered::Value(value);
        }
        Looked::Miss(witness) => witness,
        Looked::Away => {
            call.count_function(Count::Error);
            None
        }
    };
    call.count(Count::Miss);
    call.count(Count::Run);
    Entered::Run(Run { leader: Some(leader), witness, generation })
}

/// What those who wait get of a hit. One that came after an invalidation must not get what was looked up before it. So
/// nobody can join any more when it is asked whether anything was invalidated meanwhile; if that may be, a second look
/// is behind it for all of them.
async fn hit_for_others(call: &Call<'_>, leader: &Leader, generation: u64, value: &Object) -> Landing {
    // What other processes invalidate is seen in the store only.
    let alone = call.handler.backend().form() == Form::Objects;
    if !leader.close() || (alone && call.handler.generation() == generation) {
        return Landing::Value(Object::clone(value));
    }
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
    Entered::Run(Run { leader: None, witness, generation })
}

/// What a run gave.
pub enum Ended {
    /// A value to be stored for so long.
    Value(Object, Life),
    /// A complete result that is not stored: what was stored before goes. And the whole of it, for those who wait.
    Nothing(Option<Object>),
    /// A failure: what was stored before stays. And the whole of it, for those who wait.
    Failed(Option<Object>),
}

/// Stores what a run gave, if it may, and answers those who waited.
pub(crate) async fn leave(call: &Call<'_>, run: Run, ended: Ended) {
    inside(run.leader.as_ref().map(Leader::id), commit(call, run, ended)).await;
}

async fn commit(call: &Call<'_>, run: Run, ended: Ended) {
    let (handler, request) = (&**call.handler, &call.request);
    let detached = run.leader.as_ref().is_some_and(Leader::is_detached);
    let (committed, landing) = match ended {
        Ended::Value(value, _) if detached => (Committed::Overtaken, Some(Landing::Value(value))),
        Ended::Nothing(whole) if detached => (Committed::Overtaken, whole.map(Landing::Whole)),
        Ended::Value(value, life) if !life.is_none() => {
            let committed = match &run.witness {
                Some(witness) => witness.store(handler, request, &value, life).await,
                None => Committed::Unknown,
            };
            if matches!(committed, Committed::Stored(_)) {
                call.count_function(Count::Store);
            }
            (committed, Some(Landing::Value(value)))
        }
        Ended::Value(value, _) => (run.removed(handler, request).await, Some(Landing::Value(value))),
        Ended::Nothing(whole) => (run.removed(handler, request).await, whole.map(Landing::Whole)),
        Ended::Failed(whole) => {
            let committed = if run.witness.is_some() { Committed::Unwritten } else { Committed::Unknown };
            (committed, whole.map(Landing::Whole))
        }
    };
    run.land(handler, request, committed, landing).await;
}

impl Run {
    /// Empties the slot of a result that is not stored, unless there was nothing.
    async fn removed(&self, handler: &Handler, request: &Request<'_>) -> Committed {
        match &self.witness {
            Some(witness) if witness.saw_nothing() => Committed::Unwritten,
            Some(witness) => witness.remove(handler, request).await,
            None => Committed::Unknown,
        }
    }

    /// Ends the flight. Those who waited get the result unless something was invalidated while it ran: one of them may
    /// have come after that, and must not get what was read before it. So that is asked when nobody can join any more.
    /// Where the store cannot tell, what this process itself invalidated is enough to send them round again.
    async fn land(self, handler: &Handler, request: &Request<'_>, committed: Committed, landing: Option<Landing>) {
        let waited_for = self.close();
        let Some(leader) = self.leader else { return };
        let Some(landing) = landing.filter(|_| waited_for) else {
            return leader.land(Landing::SideBySide);
        };
        let standing = match self.witness {
            Some(witness) => witness.stands(handler, request, committed).await,
            None => Standing::Unknown,
        };
        let stands = match standing {
            Standing::Stands => true,
            Standing::Overtaken => false,
            Standing::Unknown => handler.generation() == self.generation,
        };
        leader.land(if stands { landing } else { Landing::Again });
    }
}
