//! A store that keeps nothing: for a program that installs no cache and whose build has no handler either.

use crate::backend::{Backend, Reply, Slot, When};
use crate::entry::{Form, Stored};
use crate::epoch::{Epoch, EpochName};
use crate::pattern::Pattern;
use crate::ttl::Life;

/// Every look is a miss, and every write is forgotten. To a run it looks as if nothing came in between, so those who
/// waited for it get its result.
#[derive(Debug)]
pub(super) struct Nothing;

impl Backend for Nothing {
    fn form(&self) -> Form {
        Form::Objects
    }

    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::ready(Ok(vec![None; slots.len()]))
    }

    fn put<'a>(&'a self, _: Slot<'a>, _: Option<Stored>, _: Life, _: When<'a>) -> Reply<'a, bool> {
        Reply::ready(Ok(true))
    }

    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::ready(Ok(vec![Some(Epoch(0)); names.len()]))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], _: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(Ok(vec![Epoch(0); names.len()]))
    }

    fn remove_matching<'a>(&'a self, _: &'a Pattern) -> Reply<'a, ()> {
        Reply::ready(Ok(()))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        Reply::ready(Ok(()))
    }
}
