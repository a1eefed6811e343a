//! A miss on the short cut: a run of the calling thread whose result is kept where the short cut leads.
//!
//! It is the flow of every call (join or lead, look, run, commit) for the plain case: a sync function without tags, on a
//! backend that keeps objects and never waits. Whoever comes meanwhile goes the way of every call, and waits for this run.

use super::how::How;
use super::plan::Plan;
use super::result::Split;
use super::short::{ShortCut, Ticket as _};
use super::single_flight::SingleFlight;
use super::site::Site;
use crate::flow::{Landing, Unawaited, Waiters};

/// A run, and where its result goes. It stays where it was begun: moving it about costs more than what it is for.
pub(super) struct Quick<S: ShortCut> {
    ticket: S::Ticket,
    run: Unawaited,
}

/// Begins a run in `quick`, or gives the result if it is stored all the same. If neither, the call has to go the way of every
/// call.
#[inline(never)]
pub(super) fn begin<R, V, S: ShortCut>(
    how: &How<R, V, S>,
    site: &'static Site,
    plan: &Plan,
    quick: &mut Option<Quick<S>>,
) -> Option<R> {
    if !plan.may_be_short(site) {
        return None;
    }
    let key = plan.key_in(site);
    let mark = key.mark();
    let ready = how.ticket(site, plan, mark);
    // Where it was looked for with all steps, once more is enough: when nobody else runs.
    if (ready.is_none() || !S::was_sure())
        && let Some(result) = how.again(site, plan, mark)
    {
        return Some(result);
    }
    // What a pattern can match is more than a key; and a run that is shared with nobody is no flight.
    if key.has_subject() || site.spec.single_flight == SingleFlight::Off {
        return None;
    }
    // The look with all steps may have made the short cut.
    let ticket = ready.or_else(|| how.ticket(site, plan, mark))?;
    let run = ticket.settled().begin_unawaited(&key, mark)?;
    let Quick { ticket, .. } = quick.insert(Quick { ticket, run });
    // In this order: what is written in between is newer than what the commit will compare with.
    let sees_all = ticket.look(plan.key.bytes());
    let found = how.again(site, plan, mark);
    if found.is_some() || !sees_all {
        *quick = None;
        return found;
    }
    ticket.count_run();
    None
}

/// Keeps the result of a run, if it is one to be kept, and tells those who came to wait.
#[inline(never)]
pub(super) fn end<R, V, S: ShortCut>(quick: &mut Quick<S>, how: &How<R, V, S>, plan: &Plan, result: &R) {
    let Quick { ticket, run } = quick;
    let (split, ttl) = how.judge_value(result);
    let (waiters, landing) = match split {
        Split::Value(value) => {
            let Some(waiters) = how.keep(ticket, run, plan, value, ttl) else { return };
            (waiters, how.object(result).map(Landing::Value))
        }
        Split::Nothing | Split::Failed => {
            let Some(waiters) = run.end(|_| ()) else { return };
            (waiters, how.shared(result).map(Landing::Whole))
        }
    };
    land(waiters, landing, ticket.stands(plan.key.bytes()));
}

/// One of those who wait may have come behind an invalidation, and must not get what was read before it. So whether there was
/// one is asked when nobody can come any more.
#[cold]
fn land(waiters: Waiters, landing: Option<Landing>, stands: bool) {
    let stands = stands && !waiters.is_detached();
    waiters.land(match landing {
        None => Landing::SideBySide,
        Some(_) if !stands => Landing::Again,
        Some(landing) => landing,
    });
}
