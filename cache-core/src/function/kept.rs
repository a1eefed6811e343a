//! How what is stored of a result is kept, and what those get who waited for one that is not stored. Chosen like the
//! result itself: see [`super::result`].

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::result::Returns;
use crate::entry::Object;
use crate::form::Codec;
use crate::weigh::Weigh;

/// What can be stored: a type of its own, that others can get a copy of. Implemented for every such type; generic code
/// may name it as a bound.
///
/// ```
/// use cache_core::Value;
///
/// fn keep<T: Value>(value: &T) -> Box<dyn std::any::Any + Send + Sync> {
///     Box::new(value.clone())
/// }
/// assert!(keep(&"text").is::<&str>());
/// ```
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` cannot be cached: it is not `Clone + Send + Sync + 'static`",
    label = "not cacheable",
    note = "derive `Clone` for it, or return an `Arc` of it; where there is an `Rc`, `Cell` or `RefCell` inside, take `Arc` or `Mutex`"
)]
pub trait Value: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Value for T {}

/// What a handler of bytes can store. Implemented for every type that is `Serialize + DeserializeOwned`; generic code may
/// name it as a bound.
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` cannot be kept as bytes: it is not `serde::Serialize + serde::de::DeserializeOwned`",
    label = "not storable on a handler of bytes",
    note = "derive `Serialize` and `Deserialize` for it, or use a handler that keeps objects, such as `handler = \"ram\"`"
)]
pub trait BytesValue {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> BytesValue for T {}

/// What an [`Outcome`](super::Outcome) stores.
#[derive(Debug)]
pub struct Kept<V>(PhantomData<fn() -> V>);

impl<V> Kept<V> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<V: Value> Kept<V> {
    /// Objects only, whatever else the type can do.
    #[must_use]
    pub const fn object(self) -> &'static Codec {
        const { &Codec::object::<V>() }
    }
}

/// The first level of how a value is kept: with serde, so handlers of bytes can keep it too; and it says what it weighs.
pub trait ViaWeighedSerde {
    /// How it is kept.
    fn larder_codec(&self) -> &'static Codec;
}

impl<V: Value + Serialize + DeserializeOwned + Weigh> ViaWeighedSerde for &&&Kept<V> {
    fn larder_codec(&self) -> &'static Codec {
        const { &Codec::serde::<V>().weighed::<V>() }
    }
}

/// The second level: with serde.
pub trait ViaSerde {
    /// How it is kept.
    fn larder_codec(&self) -> &'static Codec;
}

impl<V: Value + Serialize + DeserializeOwned> ViaSerde for &&Kept<V> {
    fn larder_codec(&self) -> &'static Codec {
        const { &Codec::serde::<V>() }
    }
}

/// The third level: as an object that says what it weighs.
pub trait ViaWeighed {
    /// How it is kept.
    fn larder_codec(&self) -> &'static Codec;
}

impl<V: Value + Weigh> ViaWeighed for &Kept<V> {
    fn larder_codec(&self) -> &'static Codec {
        const { &Codec::object::<V>().weighed::<V>() }
    }
}

/// The last level of how a value is kept: as an object only.
pub trait ViaObject<V> {
    /// How it is kept, if it can be at all.
    fn larder_codec(&self) -> &'static Codec
    where
        V: Value;
}

impl<V> ViaObject<V> for Kept<V> {
    fn larder_codec(&self) -> &'static Codec
    where
        V: Value,
    {
        const { &Codec::object::<V>() }
    }
}

/// How a result that is not stored is shared with those who waited for it.
#[derive(Debug)]
pub struct Share<R> {
    pub(crate) give: fn(&R) -> Object,
    pub(crate) take: fn(&Object) -> Option<R>,
}

impl<R> Clone for Share<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Share<R> {}

/// The first level of sharing: the result can be copied.
pub trait Shared<R> {
    /// How it is shared.
    fn larder_share(&self) -> Option<Share<R>>;
}

impl<R: Clone + Send + Sync + 'static> Shared<R> for &Returns<R> {
    fn larder_share(&self) -> Option<Share<R>> {
        Some(Share { give: |result| Arc::new(result.clone()), take: |object| object.downcast_ref::<R>().cloned() })
    }
}

/// The last level of sharing: it cannot be copied, so those who waited run for themselves.
pub trait NotShared<R> {
    /// How it is shared: not at all.
    fn larder_share(&self) -> Option<Share<R>>;
}

impl<R> NotShared<R> for Returns<R> {
    fn larder_share(&self) -> Option<Share<R>> {
        None
    }
}
