//! Writes the compact form.

use serde::Serialize;
use smallvec::SmallVec;

use crate::codec::{
    cursor::{put_varint, zigzag},
    error::Stop,
    kind::{Kind, Names, Shape},
    walk::{Sink, Walk},
};

/// Appends `value` and its shape to `out`.
///
/// # Errors
/// [`Stop::NeedsNames`] if the value leaves out fields or has an unknown length; what was appended by then is garbage.
pub(in crate::codec) fn encode<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), Stop> {
    let mut writer = Writer { out, shape: Shape::new(), names: SmallVec::new() };
    value.serialize(Walk::new(&mut writer))?;
    let Writer { out, shape, .. } = writer;
    out.extend_from_slice(&shape.finish().to_le_bytes());
    Ok(())
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    shape: Shape,
    /// The names so far of each open struct.
    names: SmallVec<[Names; 4]>,
}

impl Sink for Writer<'_> {
    #[inline]
    fn mark(&mut self, kind: Kind) -> Result<(), Stop> {
        self.shape.kind(kind);
        if kind != Kind::NewtypeStruct {
            self.out.push(u8::from(kind == Kind::Some));
        }
        Ok(())
    }

    #[inline]
    fn unsigned(&mut self, kind: Kind, value: u64) -> Result<(), Stop> {
        self.shape.kind(kind);
        if matches!(kind, Kind::U8 | Kind::Bool) {
            self.out.push(value as u8);
        } else {
            put_varint(self.out, value);
        }
        Ok(())
    }

    #[inline]
    fn signed(&mut self, kind: Kind, value: i64) -> Result<(), Stop> {
        self.shape.kind(kind);
        if kind == Kind::I8 {
            self.out.push(value as u8);
        } else {
            put_varint(self.out, zigzag(value));
        }
        Ok(())
    }

    #[inline]
    fn fixed<const N: usize>(&mut self, kind: Kind, little_endian: [u8; N]) -> Result<(), Stop> {
        self.shape.kind(kind);
        self.out.extend_from_slice(&little_endian);
        Ok(())
    }

    #[inline]
    fn blob(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Stop> {
        self.shape.kind(kind);
        put_varint(self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn variant(&mut self, kind: Kind, _: &'static str, index: u32, name: &'static str) -> Result<(), Stop> {
        self.shape.kind(kind);
        self.shape.names(Names::of(name));
        put_varint(self.out, u64::from(index));
        Ok(())
    }

    #[inline]
    fn open(&mut self, kind: Kind, announced: Option<usize>, _: (&'static str, &'static str)) -> Result<(), Stop> {
        let len = announced.ok_or(Stop::NeedsNames)?;
        self.shape.kind(kind);
        if kind == Kind::Struct {
            self.names.push(Names::none());
        }
        // Tuples and structs have the length of their type, unless that is zero (see the module's text).
        if len == 0 || matches!(kind, Kind::Seq | Kind::Map) {
            put_varint(self.out, len as u64);
        }
        Ok(())
    }

    #[inline]
    fn field(&mut self, name: &'static str) -> Result<(), Stop> {
        if let Some(names) = self.names.last_mut() {
            *names = names.and(name);
        }
        Ok(())
    }

    fn skip(&mut self, _: &'static str) -> Result<(), Stop> {
        Err(Stop::NeedsNames)
    }

    #[inline]
    fn close(&mut self, kind: Kind, announced: Option<usize>, written: usize) -> Result<(), Stop> {
        if announced != Some(written) {
            return Err(Stop::NeedsNames);
        }
        self.shape.kind(Kind::Close);
        if kind == Kind::Struct
            && let Some(names) = self.names.pop()
        {
            self.shape.names(names);
        }
        Ok(())
    }
}
