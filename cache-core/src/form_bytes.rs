//! Values as frames of bytes: the codec's payload inside the frame that says what, when and for which key.

use std::any::{Any, TypeId};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::{self, Format, RawBytes, Unstorable};
use crate::entry::{Object, Stored, Validity};
use crate::epoch::{Epoch, EpochName};
use crate::frame::{self, Header, Kind};
use crate::function::Value;
use crate::key::Key;

/// Where a value that is decoded is to be.
pub(crate) enum Goal<'a> {
    /// On the heap, with its type forgotten.
    Object(&'a mut Option<Object>),
    /// In an `Option` of its type.
    Room(&'a mut dyn Any),
}

type Decode = fn(Format, &[u8], &mut Goal<'_>) -> bool;

/// A type's way to bytes and back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsBytes {
    encode: fn(&dyn Any, &mut Vec<u8>) -> Result<Format, Unstorable>,
    decode: Decode,
    fingerprint: fn() -> u64,
}

impl AsBytes {
    pub(crate) const fn of<V: Value + Serialize + DeserializeOwned>() -> Self {
        Self { encode: encode::<V>, decode: decode::<V>, fingerprint: codec::fingerprint::<V> }
    }

    pub(super) fn freeze(
        &self,
        key: &Key<'_>,
        value: &Object,
        validity: &Validity,
        nonce: u64,
    ) -> Result<Stored, String> {
        let header = Header {
            kind: Kind::Value,
            flags: 0,
            format: Format::Compact,
            nonce,
            created: validity.created,
            fresh_until: validity.fresh_until,
            stale_until: validity.kept_until,
            fingerprint: (self.fingerprint)(),
            epoch: validity.epoch,
            tags: validity.tags.iter().filter_map(|(tag, epoch)| Some((tag.as_tag()?.to_owned(), epoch.0))).collect(),
        };
        frame::write(&header, &key.imprint(), |out| (self.encode)(&**value, out))
            .map(Stored::Bytes)
            .map_err(|unstorable| unstorable.to_string())
    }

    pub(super) fn reader(&self) -> Reader {
        Reader { fingerprint: (self.fingerprint)(), decode: self.decode }
    }
}

/// How frames of a type are read.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    fingerprint: u64,
    decode: Decode,
}

impl Reader {
    /// What is in a frame of this key and type.
    pub(crate) fn open<'a>(&self, key: &Key<'_>, bytes: &'a [u8]) -> Option<Opened<'a>> {
        let frame = frame::read(bytes, &key.imprint()).ok()?;
        if frame.header.kind != Kind::Value || frame.header.fingerprint != self.fingerprint {
            return None;
        }
        let payload = Payload { format: frame.header.format, decode: self.decode };
        Some(Opened { validity: validity(frame.header), payload, bytes: frame.payload })
    }
}

/// [`Validity::remembered_until`] by what stands in this frame, which may be damaged or another key's; 0 if it is none.
pub(super) fn claimed_until(bytes: &[u8]) -> u64 {
    frame::claimed_times(bytes).map_or(0, |[created, fresh_until, kept_until]| {
        Validity { created, fresh_until, kept_until, epoch: 0, tags: Vec::new() }.remembered_until()
    })
}

/// [`Validity::remembered_until`] of the entry in this frame, of whatever type it is.
pub(super) fn remembered_until(key: &Key<'_>, bytes: &[u8]) -> Option<u64> {
    let header = frame::read(bytes, &key.imprint()).ok()?.header;
    Some(validity(header).remembered_until())
}

fn validity(header: Header) -> Validity {
    let Header { created, fresh_until, stale_until, epoch, tags, .. } = header;
    // Most entries have none, and a hit asks for them.
    let tags = if tags.is_empty() {
        Vec::new()
    } else {
        tags.iter().map(|(tag, epoch)| (EpochName::tag(tag), Epoch(*epoch))).collect()
    };
    Validity { created, fresh_until, kept_until: stale_until, epoch, tags }
}

/// A frame that is sound and of the right key and type, its payload not decoded yet.
pub(crate) struct Opened<'a> {
    pub(crate) validity: Validity,
    pub(crate) payload: Payload,
    /// What the payload consists of.
    pub(crate) bytes: &'a [u8],
}

impl Opened<'_> {
    pub(super) fn value(&self) -> Option<Object> {
        let mut value = None;
        self.payload.decode(self.bytes, &mut Goal::Object(&mut value));
        value
    }
}

/// How the payload of a frame becomes a value.
#[derive(Clone, Copy)]
pub(crate) struct Payload {
    format: Format,
    decode: Decode,
}

impl Payload {
    /// Whether that is a copy of memory, and calls no code of the user's.
    pub(crate) fn is_raw(self) -> bool {
        self.format == Format::Raw
    }

    /// Puts the value where it is to be; gives whether it is there.
    pub(crate) fn decode(self, bytes: &[u8], goal: &mut Goal<'_>) -> bool {
        (self.decode)(self.format, bytes, goal)
    }
}

/// Says at start-up whether values of `T` come back from bytes as they were.
pub(super) fn check<T: Serialize + DeserializeOwned + 'static>() -> Result<(), String> {
    codec::check::<T>().map_err(|unstorable| unstorable.to_string())
}

/// Does something with one of the types whose bytes are copied as they are: serde would go element by element.
macro_rules! with_raw_types {
    ($use:ident) => {
        $use!(Vec<u8>);
        $use!(String);
        $use!(Box<[u8]>);
        $use!(Box<str>);
        $use!(Arc<[u8]>);
        $use!(Arc<str>);
    };
}

fn encode<V: Value + Serialize + DeserializeOwned>(value: &dyn Any, out: &mut Vec<u8>) -> Result<Format, Unstorable> {
    macro_rules! raw {
        ($type:ty) => {
            // The compiler knows which of them it is, if any.
            if TypeId::of::<V>() == TypeId::of::<$type>()
                && let Some(value) = value.downcast_ref::<$type>()
            {
                out.extend_from_slice(RawBytes::as_raw(value));
                return Ok(Format::Raw);
            }
        };
    }
    with_raw_types!(raw);
    match value.downcast_ref::<V>() {
        Some(value) => codec::encode(value, out),
        None => Err(Unstorable::new::<V>("the value is of another type than its codec")),
    }
}

/// Puts the value in `bytes` where it is to be; gives whether it is there.
fn decode<V: Value + Serialize + DeserializeOwned>(format: Format, bytes: &[u8], goal: &mut Goal<'_>) -> bool {
    let value = if format == Format::Raw { decode_raw::<V>(bytes) } else { codec::decode::<V>(format, bytes).ok() };
    let Some(value) = value else { return false };
    match goal {
        Goal::Object(object) => **object = Some(Arc::new(value)),
        Goal::Room(room) => match room.downcast_mut() {
            Some(room) => *room = Some(value),
            None => return false,
        },
    }
    true
}

fn decode_raw<V: Value>(bytes: &[u8]) -> Option<V> {
    macro_rules! raw {
        ($type:ty) => {
            if TypeId::of::<V>() == TypeId::of::<$type>() {
                let mut value = <$type as RawBytes>::from_raw(bytes).ok();
                return (&mut value as &mut dyn Any).downcast_mut::<Option<V>>()?.take();
            }
        };
    }
    with_raw_types!(raw);
    None
}
