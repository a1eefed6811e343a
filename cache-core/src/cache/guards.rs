//! What has to happen at the end of a change too, also where its caller goes away in the middle.

use super::handler::Handler;
use super::owed::{Invalidation, OwedKey};
use crate::key::Key;

impl Handler {
    /// While the guard lives something becomes invalid: `key`, or what no key is named for. Nothing that is read before
    /// its end may be given to callers who come after that, so flights that began before it, and hits that were looked up
    /// before it, are left behind at its end as at its beginning.
    pub(super) fn changing<'a>(&'a self, key: Option<Key<'a>>) -> Changing<'a> {
        // Made once for both ends.
        let key = key.map(|key| Key { mark: Some(key.mark()), ..key });
        let changing = Changing { handler: self, key };
        changing.leave_behind();
        changing
    }

    /// From now on the invalidation of `key` is owed unless what is begun here is [`UnfinishedKey::done`].
    pub(crate) const fn unfinished_key<'a>(&'a self, key: Key<'a>) -> UnfinishedKey<'a> {
        UnfinishedKey { handler: self, key: Some(key) }
    }

    /// From now on it is owed unless what is begun here is [`Unfinished::done`].
    pub(super) const fn unfinished(&self, invalidation: Invalidation) -> Unfinished<'_> {
        Unfinished { handler: self, invalidation: Some(invalidation) }
    }
}

/// See [`Handler::changing`].
pub(super) struct Changing<'a> {
    handler: &'a Handler,
    key: Option<Key<'a>>,
}

impl Changing<'_> {
    fn leave_behind(&self) {
        self.handler.leave_behind(self.key.as_ref());
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.leave_behind();
    }
}

/// The invalidation of a key that is owed unless it is [`UnfinishedKey::done`]. The key is copied only where it is owed.
pub(crate) struct UnfinishedKey<'a> {
    handler: &'a Handler,
    key: Option<Key<'a>>,
}

impl UnfinishedKey<'_> {
    pub(crate) fn done(mut self) {
        self.key = None;
    }
}

impl Drop for UnfinishedKey<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.handler.owe(Invalidation::Key(OwedKey::of(&key)));
        }
    }
}

/// An invalidation that is owed unless it is [`Unfinished::done`].
pub(super) struct Unfinished<'a> {
    handler: &'a Handler,
    invalidation: Option<Invalidation>,
}

impl Unfinished<'_> {
    /// What is owed.
    pub(super) const fn what(&self) -> Option<&Invalidation> {
        self.invalidation.as_ref()
    }

    pub(super) fn done(mut self) {
        self.invalidation = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(invalidation) = self.invalidation.take() {
            self.handler.owe(invalidation);
        }
    }
}
