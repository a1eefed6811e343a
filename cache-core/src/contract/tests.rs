//! The suite holds for a backend that keeps the promises, and finds one that does not.

use super::*;
use crate::key::Key;
use std::time::Duration;

use crate::{Backend, BackendError, EpochName, Lead, Lease, Life, Pattern, Reply, Seen, Slot, Stored, When};

#[test]
fn the_reference_keeps_every_promise() {
    check(&|env| Opened::new(Reference::on(env.clock.clone())));
}

/// The reference with one promise broken.
struct Broken {
    inner: Reference,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    IgnoresWhen,
    IgnoresLife,
    LosesEmptyValues,
    MatchesSlots,
    ReclaimsEpochs,
    ForgetsInvalidations,
    AnswersBackward,
    LetsTwoLead,
    AlwaysFails,
}

impl Backend for Broken {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        if matches!(self.how, How::AlwaysFails) {
            return Reply::ready(Err(BackendError::new("no")));
        }
        let reply = self.inner.get(slots);
        if !matches!(self.how, How::AnswersBackward) {
            return reply;
        }
        Reply::pending(async move {
            let mut found = reply.await?;
            found.reverse();
            Ok(found)
        })
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let empty = stored.as_ref().and_then(Stored::as_bytes).is_some_and(<[u8]>::is_empty);
        match self.how {
            How::IgnoresWhen => self.inner.put(slot, stored, life, When::Always),
            How::IgnoresLife => self.inner.put(slot, stored, Life::FOREVER, when),
            How::LosesEmptyValues if empty => self.inner.put(slot, None, life, when),
            _ => self.inner.put(slot, stored, life, when),
        }
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        match self.how {
            How::MatchesSlots => self.inner.reclaim(),
            _ => self.inner.remove_matching(pattern),
        }
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        match self.how {
            How::ReclaimsEpochs => Reply::pending(async {
                self.inner.put(Slot::Epoch(&EpochName::HANDLER), None, Life::NONE, When::Always).await?;
                self.inner.reclaim().await
            }),
            _ => self.inner.reclaim(),
        }
    }

    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        let tombstone = (!matches!(self.how, How::ForgetsInvalidations)).then_some(tombstone);
        Reply::pending(async move {
            self.inner.put(Slot::Entry(key), tombstone, life, When::Always).await?;
            Ok(())
        })
    }

    fn lead<'a>(&'a self, _: &'a Key<'a>, _: &'a Seen, _: Duration) -> Reply<'a, Lead> {
        Reply::ready(Ok(match self.how {
            How::LetsTwoLead => Lead::Granted(Lease::new(())),
            _ => Lead::Unshared,
        }))
    }
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (how, name) in [
        (How::IgnoresWhen, "one of many commits wins"),
        (How::IgnoresLife, "an entry ends exactly with its life"),
        (How::LosesEmptyValues, "bytes come back one by one"),
        (How::MatchesSlots, "a pattern removes the direct keys that match"),
        (How::ReclaimsEpochs, "reclaim leaves epochs alone"),
        (How::ForgetsInvalidations, "an invalidation defeats looks that saw nothing"),
        (How::AnswersBackward, "slots are given in the order asked for"),
        (How::LetsTwoLead, "a right is one callers"),
        (How::AlwaysFails, "a value comes back as it was stored"),
    ] {
        let make = move |env: &Env| Opened::new(Broken { inner: Reference::on(env.clock.clone()), how });
        let panic = catch_unwind(AssertUnwindSafe(|| check(&make))).unwrap_err();
        assert!(message(&*panic).contains(name), "expected {name:?} in: {}", message(&*panic));
    }
}

#[test]
fn a_prefix_that_is_ignored_is_found() {
    let make = |env: &Env, _: [&str; 2]| {
        let opened = Opened::new(Reference::on(env.clock.clone()));
        [opened.clone(), opened]
    };
    assert!(catch_unwind(AssertUnwindSafe(|| check_prefixes(&make))).is_err());
}
