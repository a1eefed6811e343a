//! A store that keeps nothing: for a program that installs no cache and whose build has no handler either.

use crate::backend::{Backend, Pattern, Reply, Slot, When};
use crate::entry::{Form, Stored};
use crate::epoch::{Epoch, EpochName};
use crate::ttl::Life;

/// Every look is a miss, and nothing is written.
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
        Reply::ready(Ok(false))
    }

    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], _: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(Ok(names.iter().map(|_| Epoch::random()).collect()))
    }

    fn remove_matching<'a>(&'a self, _: &'a Pattern) -> Reply<'a, ()> {
        Reply::ready(Ok(()))
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        Reply::ready(Ok(()))
    }
}
