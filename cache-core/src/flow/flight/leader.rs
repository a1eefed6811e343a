//! Leading a flight. It is a guard: see [`super`].

use std::borrow::Cow;
use std::{fmt, mem};

use super::under_way::Meanwhile;
use super::{Flight, Landing, Phase, Shared};
use crate::sync::Arc;

/// The right, and the duty, to end a flight. As long as it only looks, it borrows the flights: to share them is two locked
/// instructions at a place that all callers have in common.
pub(crate) struct Leader<'a> {
    flights: Cow<'a, Arc<Shared>>,
    mark: u64,
    id: u64,
    since: u64,
    stage: Stage,
}

enum Stage {
    /// Others may come; there is a flight if this leader knows that somebody has.
    Open(Option<Arc<Flight>>),
    /// Nobody comes any more. The key was invalidated, set or refreshed by then, or was not.
    Closed(Option<Arc<Flight>>, bool),
}

/// Of one that has nothing to end any more: dropped, it does nothing.
const ENDED: Stage = Stage::Closed(None, false);

/// Those who wait for a run.
#[derive(Clone, Default)]
pub struct Followers(Option<Arc<Flight>>);

impl Followers {
    /// Whether there are any now.
    #[must_use]
    pub fn any(&self) -> bool {
        self.0.as_ref().is_some_and(|flight| flight.has_followers())
    }
}

impl fmt::Debug for Followers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Followers").field(&self.any()).finish()
    }
}

impl<'a> Leader<'a> {
    /// Of a run that was begun just now.
    pub(super) const fn first(flights: &'a Arc<Shared>, mark: u64, id: u64, since: u64) -> Self {
        Self { flights: Cow::Borrowed(flights), mark, id, since, stage: Stage::Open(None) }
    }

    /// In the place of one who went away.
    pub(super) fn next(flights: Cow<'a, Arc<Shared>>, flight: Arc<Flight>, since: u64) -> Self {
        let (mark, id) = (flight.mark, flight.id);
        Self { flights, mark, id, since, stage: Stage::Open(Some(flight)) }
    }

    /// Of a run that has ended, and that somebody waits for.
    pub(super) fn last(flights: &'a Arc<Shared>, flight: Arc<Flight>) -> Self {
        let (mark, id, detached) = (flight.mark, flight.id, flight.is_detached());
        let stage = Stage::Closed(Some(flight), detached);
        Self { flights: Cow::Borrowed(flights), mark, id, since: 0, stage }
    }

    /// The same with nothing borrowed, for a run.
    pub(crate) fn kept(mut self) -> Leader<'static> {
        let stage = mem::replace(&mut self.stage, ENDED);
        let flights = Cow::Owned(Arc::clone(&self.flights));
        Leader { flights, mark: self.mark, id: self.id, since: self.since, stage }
    }

    /// The number of this flight, for [`crate::flow::stack`].
    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// Since when it leads, by the clock of its handler.
    pub(crate) const fn since(&self) -> u64 {
        self.since
    }

    pub(crate) fn followers(&self) -> Followers {
        Followers(match &self.stage {
            Stage::Open(Some(flight)) => Some(Arc::clone(flight)),
            Stage::Open(None) => self.flights.under_way.flight(self.mark, self.id),
            Stage::Closed(flight, _) => flight.clone(),
        })
    }

    /// What has become of the flight by now.
    pub(crate) fn meanwhile(&self) -> Meanwhile {
        match &self.stage {
            Stage::Open(Some(flight)) => Meanwhile { is_detached: flight.is_detached(), is_joined: true },
            Stage::Open(None) => self.flights.under_way.meanwhile(self.mark, self.id),
            Stage::Closed(flight, detached) => Meanwhile { is_detached: *detached, is_joined: flight.is_some() },
        }
    }

    /// Lets nobody join any more, and gives whether anyone did.
    pub(crate) fn close(&mut self) -> bool {
        if let Stage::Open(known) = &mut self.stage {
            let known = known.take();
            let (found, detached) = self.flights.under_way.close(self.mark, self.id);
            // One that took the place of another may have been closed by that.
            let detached = known.as_ref().map_or(detached, |flight| flight.is_detached());
            self.stage = Stage::Closed(known.or(found), detached);
        }
        self.flight().is_some_and(|flight| flight.has_followers())
    }

    /// Ends the flight.
    pub(crate) fn land(self, landing: Landing) {
        self.land_by(|| landing);
    }

    /// Ends the flight by what is made if anybody came.
    pub(crate) fn land_by(mut self, landing: impl FnOnce() -> Landing) {
        self.end(landing);
    }

    fn end(&mut self, landing: impl FnOnce() -> Landing) {
        self.close();
        let Stage::Closed(joined @ Some(_), _) = &mut self.stage else { return };
        // Before the flight is taken: whoever waits is sent on also if that panics.
        let landing = landing();
        if let Some(flight) = joined.take() {
            flight.enter(|_| Phase::Landed(landing));
        }
    }

    fn flight(&self) -> Option<&Arc<Flight>> {
        match &self.stage {
            Stage::Open(flight) | Stage::Closed(flight, _) => flight.as_ref(),
        }
    }

    /// Hands over to one of those who wait, if anyone does.
    fn hand_over(&mut self) {
        if let Stage::Open(known @ None) = &mut self.stage {
            *known = self.flights.under_way.abandon(self.mark, self.id);
        }
        let Some(flight) = self.flight() else { return };
        let mut freed = false;
        flight.enter(|state| {
            freed = state.followers > 0;
            if freed { Phase::Free } else { Phase::Landed(Landing::Again) }
        });
        if !freed {
            self.flights.under_way.remove(self.mark, self.id);
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        if matches!(self.stage, Stage::Closed(None, _)) {
            return;
        }
        if std::thread::panicking() {
            self.end(|| Landing::SideBySide);
        } else {
            self.hand_over();
        }
    }
}

impl fmt::Debug for Leader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Leader").field(&self.id).finish()
    }
}
