//! [`How`]: how the results of a function are read, kept and shared, with nothing of its types but the result's own.
//!
//! What depends on the stored type stands behind function pointers. So a call is compiled once for each type of result,
//! and not for each function, and only [`Returns::how`] asks that a result can be stored at all.

use std::sync::Arc;

use super::kept::{Share, Value};
use super::result::{Outcome, Returns, Split};
use super::time_to_live::TimeToLive;
use crate::entry::Object;
use crate::form::Codec;
use crate::ttl::Ttl;

/// What the attributes say of one result.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    pub(crate) store: bool,
    pub(crate) ttl: Option<Ttl>,
}

impl Verdict {
    /// Stored, for the time that the site or the plan says.
    #[must_use]
    pub const fn store() -> Self {
        Self { store: true, ttl: None }
    }

    /// `cache_if = |value| …`.
    #[must_use]
    pub const fn only_if(mut self, passes: bool) -> Self {
        self.store = self.store && passes;
        self
    }

    /// `ttl = |value| …`.
    #[must_use]
    pub const fn ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = Some(ttl);
        self
    }
}

/// `cache_if = |value| …`, with the closure's argument inferred.
pub fn passes<R>(result: &R, test: impl FnOnce(&R) -> bool) -> bool {
    test(result)
}

/// `ttl = |value| …`, with the closure's argument inferred.
pub fn ttl_of<R, T: TimeToLive>(result: &R, ttl: impl FnOnce(&R) -> T) -> Ttl {
    ttl(result).ttl()
}

/// How results of type `R` are read, kept and shared; `V` is what is stored of them. A few pointers, whatever the types.
#[derive(Debug)]
pub struct How<R, V> {
    split: fn(&R) -> Split<Object>,
    /// The result that a stored value is of. None if it is of another type than this function's: the direct interface
    /// lets two callers of one key disagree.
    pub(super) join: fn(&Object) -> Option<R>,
    pub(super) value: fn(&Object) -> Option<V>,
    pub(super) codec: Codec,
    pub(super) share: Option<Share<R>>,
    policy: fn(&R) -> Verdict,
}

impl<R, V> Clone for How<R, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, V> Copy for How<R, V> {}

impl<R> Returns<R> {
    /// Results that fall apart as `outcome` says, are kept by `codec` and shared by `share`.
    pub fn how<O: Outcome<R>>(self, _outcome: O, codec: Codec, share: Option<Share<R>>) -> How<R, O::Value>
    where
        O::Value: Value,
    {
        How {
            split: |result| match O::split(result) {
                Split::Value(value) => Split::Value(Arc::new(value)),
                Split::Nothing => Split::Nothing,
                Split::Failed => Split::Failed,
            },
            join: |object| object.downcast_ref::<O::Value>().cloned().map(O::join),
            value: |object| object.downcast_ref::<O::Value>().cloned(),
            codec,
            share,
            policy: |_| Verdict::store(),
        }
    }
}

impl<R, V> How<R, V> {
    /// What the attributes say of one result.
    #[must_use]
    pub const fn policy(mut self, policy: fn(&R) -> Verdict) -> Self {
        self.policy = policy;
        self
    }

    /// The same, with nothing to give of what is stored.
    pub(super) fn valueless<W>(self) -> How<R, W> {
        let Self { split, join, codec, share, policy, .. } = self;
        How { split, join, value: |_| None, codec, share, policy }
    }

    /// What is stored of `result`, and for how long if its attributes say so.
    pub(super) fn judge(&self, result: &R) -> (Split<Object>, Option<Ttl>) {
        let verdict = (self.policy)(result);
        let split = match (self.split)(result) {
            Split::Value(_) if !verdict.store => Split::Nothing,
            split => split,
        };
        (split, verdict.ttl)
    }
}
