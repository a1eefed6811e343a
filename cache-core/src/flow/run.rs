//! A run: what is inside of it, what becomes of its result, and the end of those who wait for it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::Call;
use super::flight::{Followers, Landing, Leader};
use super::look::{Request, before_write};
use super::processes::Right;
use super::stack::Inside;
use super::witness::{Committed, Standing, Witness};
use crate::cache::Handler;
use crate::entry::Object;
use crate::stats::Count;
use crate::ttl::Life;

/// The right to run a function, and the duty to end what waits for it.
pub(crate) struct Run {
    /// Callers in other processes wait for this run. Dropped before the leader, so that whoever leads next in this process
    /// can have it.
    pub(super) right: Option<Right>,
    /// Others wait for this run.
    pub(super) leader: Option<Leader<'static>>,
    /// What the result may be stored over; `None` when the handler is away.
    pub(super) witness: Option<Box<Witness>>,
    /// How much this process had invalidated on the handler before the run.
    pub(super) generation: u64,
}

impl Run {
    /// Lets nobody join any more, and gives whether anyone waits.
    pub(crate) fn close(&mut self) -> bool {
        self.leader.as_mut().is_some_and(Leader::close)
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
        let detached = self.leader.as_ref().is_some_and(|leader| leader.meanwhile().is_detached);
        let Some(witness) = self.witness.as_ref().filter(|_| !detached && !life.is_none()) else { return false };
        let Ok(mut there) = before_write(handler, beside).await else { return false };
        there.stands_for(witness);
        // Nobody waits at that key.
        there.store(handler, beside, value, life, false).await.is_stored()
    }

    /// Makes the calling thread be inside of this run.
    pub(crate) fn inside(&self) -> Option<Inside> {
        self.leader.as_ref().map(|leader| Inside::of(leader.id()))
    }
}

/// Polls `future` inside of the run that it is, if it is one.
pub(crate) fn drive<F: Future + Unpin>(run: Option<&Run>, future: F) -> Driven<F> {
    inside(run.and_then(|run| run.leader.as_ref()).map(Leader::id), future)
}

/// Polls `future` inside of the run of `flight`. Not only the function runs inside: reading and storing its result call
/// code of the user's too (`Clone`, `Drop`, serde, the closures of attributes), which may call cached functions. (It is
/// pinned by its caller: an argument that is pinned here would be held twice, and so would all that it holds.)
pub(super) const fn inside<F: Future + Unpin>(flight: Option<u64>, future: F) -> Driven<F> {
    Driven { flight, future }
}

/// See [`inside`].
pub(crate) struct Driven<F> {
    flight: Option<u64>,
    future: F,
}

impl<F: Future + Unpin> Future for Driven<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = self.flight.map(Inside::of);
        Pin::new(&mut self.future).poll(context)
    }
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
    leave_from(call, &mut Some(run), ended).await;
}

/// [`leave`] of a run that stays where it is until those who waited are answered: it is large, and every future that it is moved
/// through has room for it. Without a run there is nothing to be done.
pub(crate) async fn leave_from(call: &Call<'_>, place: &mut Option<Run>, ended: Ended) {
    let flight = place.as_ref().and_then(|run| run.leader.as_ref()).map(Leader::id);
    inside(flight, pin!(commit(call, place, ended))).await;
}

async fn commit(call: &Call<'_>, place: &mut Option<Run>, ended: Ended) {
    let (handler, request) = (&**call.handler, &call.request);
    let Some(run) = place else { return };
    let meanwhile = run.leader.as_ref().map(Leader::meanwhile);
    let (detached, joined) = meanwhile.map_or((false, false), |it| (it.is_detached, it.is_joined));
    let (committed, landing) = match ended {
        Ended::Value(value, _) if detached => (Committed::Overtaken, Some(Landing::Value(value))),
        Ended::Nothing(whole) if detached => (Committed::Overtaken, whole.map(Landing::Whole)),
        Ended::Value(value, life) if !life.is_none() => {
            let committed = match &run.witness {
                Some(witness) => witness.store(handler, request, &value, life, joined).await,
                None => Committed::Unknown,
            };
            if committed.is_stored() {
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
    // Whoever waits elsewhere finds what was stored, or runs.
    run.right = None;
    if let Some(lands) = place.take().and_then(|run| run.land(handler, request, committed, landing)) {
        lands.await;
    }
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
    ///
    /// Gives what is left to be done, where somebody waited: it is seldom, and large.
    fn land<'a>(
        mut self,
        handler: &'a Handler,
        request: &'a Request<'_>,
        committed: Committed,
        landing: Option<Landing>,
    ) -> Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>> {
        let waited_for = self.close();
        let Self { leader, witness, generation, .. } = self;
        let leader = leader?;
        let Some(landing) = landing.filter(|_| waited_for) else {
            leader.land(Landing::SideBySide);
            return None;
        };
        Some(Box::pin(async move {
            let standing = match witness {
                Some(witness) => witness.stands(handler, request, committed).await,
                None => Standing::Unknown,
            };
            let stands = match standing {
                Standing::Stands => true,
                Standing::Overtaken => false,
                Standing::Unknown => handler.generation() == generation,
            };
            leader.land(if stands { landing } else { Landing::Again });
        }))
    }
}
