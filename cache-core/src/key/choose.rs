//! Which way an argument is recorded, chosen on its real type by generated code.
//!
//! The names of these methods are rare, since a trait of the user's that all types have would come in between.
//!
//! The levels, best first: the type's own [`KeyPart`], `Hash`, `Serialize`, and a compile error. Method resolution tries
//! `&&&Argument` first and takes one reference off for each level that does not hold, so
//! `(&&&&Argument(&argument)).larder_record(&mut recorder)` picks the best one there is.

use std::hash::Hash;

use serde::Serialize;

use super::{KeyPart, Recorder, hash, serial};

/// An argument that is about to be recorded.
#[derive(Debug)]
pub struct Argument<'a, T: ?Sized>(pub &'a T);

/// The first level: types that say themselves what they record.
pub trait ViaKeyPart {
    /// Records the argument.
    fn larder_record(&self, recorder: &mut Recorder);

    /// Records the receiver of a method.
    fn larder_record_self(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }

    /// Records `key = …`.
    fn larder_record_key(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }
}

impl<T: KeyPart + ?Sized> ViaKeyPart for &&&Argument<'_, T> {
    fn larder_record(&self, recorder: &mut Recorder) {
        recorder.argument(self.0);
    }
}

/// The second level: what the type's `Hash` feeds.
pub trait ViaHash {
    /// Records the argument.
    fn larder_record(&self, recorder: &mut Recorder);

    /// Records the receiver of a method.
    fn larder_record_self(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }

    /// Records `key = …`.
    fn larder_record_key(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }
}

impl<T: Hash + ?Sized> ViaHash for &&Argument<'_, T> {
    fn larder_record(&self, recorder: &mut Recorder) {
        recorder.part(|recorder| hash::record(self.0, recorder));
    }
}

/// The third level: what the type serializes.
pub trait ViaSerde {
    /// Records the argument.
    fn larder_record(&self, recorder: &mut Recorder);

    /// Records the receiver of a method.
    fn larder_record_self(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }

    /// Records `key = …`.
    fn larder_record_key(&self, recorder: &mut Recorder) {
        self.larder_record(recorder);
    }
}

impl<T: Serialize + ?Sized> ViaSerde for &Argument<'_, T> {
    fn larder_record(&self, recorder: &mut Recorder) {
        recorder.part(|recorder| serial::record(self.0, recorder));
    }
}

/// The last level: a compile error that says what to do, at the argument.
pub trait NoKeyPart<T: ?Sized> {
    /// Cannot be called: `T` is not a [`KeyPart`], or an earlier level would have been taken.
    fn larder_record(&self, recorder: &mut Recorder)
    where
        T: KeyPart;

    /// As little can this be; a receiver is left out of the key by another name.
    fn larder_record_self(&self, recorder: &mut Recorder)
    where
        T: SelfKeyPart;

    /// As little can this be; an expression is written otherwise.
    fn larder_record_key(&self, recorder: &mut Recorder)
    where
        T: WholeKey;
}

impl<T: ?Sized> NoKeyPart<T> for Argument<'_, T> {
    fn larder_record(&self, recorder: &mut Recorder)
    where
        T: KeyPart,
    {
        recorder.argument(self.0);
    }

    fn larder_record_self(&self, recorder: &mut Recorder)
    where
        T: SelfKeyPart,
    {
        recorder.argument(self.0);
    }

    fn larder_record_key(&self, recorder: &mut Recorder)
    where
        T: WholeKey,
    {
        recorder.argument(self.0);
    }
}

/// A receiver that can be part of a key.
#[diagnostic::on_unimplemented(
    message = "`self` cannot be part of the cache key: `{Self}` is neither `Hash` nor `serde::Serialize`",
    label = "not a key part",
    note = "leave it out of the key with `#[cached(skip(self))]` (then all instances share results), derive `Hash` or `serde::Serialize` for its type, or implement `larder::KeyPart`"
)]
pub trait SelfKeyPart: KeyPart {}

#[diagnostic::do_not_recommend]
impl<T: KeyPart + ?Sized> SelfKeyPart for T {}

/// An expression that can be a key.
#[diagnostic::on_unimplemented(
    message = "this expression cannot be the cache key: `{Self}` is neither `Hash` nor `serde::Serialize`",
    label = "not a key",
    note = "write a key of parts that are, such as `key = (user.id, page)`, derive `Hash` or `serde::Serialize` for its types, or implement `larder::KeyPart`"
)]
pub trait WholeKey: KeyPart {}

#[diagnostic::do_not_recommend]
impl<T: KeyPart + ?Sized> WholeKey for T {}
