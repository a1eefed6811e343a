//! Writes the named form.

use serde::Serialize;

use super::{NAMES, guard::Guard};
use crate::codec::{
    cursor::{put_varint, zigzag},
    error::Stop,
    kind::Kind,
    trace::Schema,
    walk::{Sink, Walk},
};

/// Appends `value` to `out`, watching that it loses no field that `schema` knows to be read.
///
/// # Errors
/// [`Stop::Refused`] if it does, if it is nested too deep, or if its `Serialize` fails.
pub(in crate::codec) fn encode<T: Serialize>(value: &T, schema: &Schema, out: &mut Vec<u8>) -> Result<(), Stop> {
    let mut writer = Writer { out, names: Vec::new(), counts: Vec::new(), guard: Guard::new(schema) };
    value.serialize(Walk::new(&mut writer))
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// The names that have a number.
    names: Vec<&'static str>,
    /// Where the counts of the open collections are to be patched in.
    counts: Vec<usize>,
    guard: Guard<'a>,
}

impl Writer<'_> {
    fn tag(&mut self, kind: Kind) {
        self.out.push(kind as u8);
    }

    /// Zero and the text, or the number of a name that was written before.
    fn name(&mut self, name: &'static str) {
        if let Some(at) = self.names.iter().position(|known| *known == name) {
            put_varint(self.out, at as u64 + 1);
            return;
        }
        if self.names.len() < NAMES {
            self.names.push(name);
        }
        put_varint(self.out, 0);
        put_varint(self.out, name.len() as u64);
        self.out.extend_from_slice(name.as_bytes());
    }
}

impl Sink for Writer<'_> {
    const HUMAN: bool = true;

    fn mark(&mut self, kind: Kind) -> Result<(), Stop> {
        match kind {
            Kind::NewtypeStruct => {}
            Kind::UnitStruct => self.tag(Kind::Unit),
            _ => self.tag(kind),
        }
        Ok(())
    }

    fn unsigned(&mut self, kind: Kind, value: u64) -> Result<(), Stop> {
        self.tag(kind);
        put_varint(self.out, value);
        Ok(())
    }

    fn signed(&mut self, kind: Kind, value: i64) -> Result<(), Stop> {
        self.tag(kind);
        put_varint(self.out, zigzag(value));
        Ok(())
    }

    fn fixed<const N: usize>(&mut self, kind: Kind, little_endian: [u8; N]) -> Result<(), Stop> {
        self.tag(kind);
        self.out.extend_from_slice(&little_endian);
        Ok(())
    }

    fn blob(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Stop> {
        self.guard.text(bytes);
        self.tag(kind);
        put_varint(self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn variant(&mut self, kind: Kind, of: &'static str, _: u32, name: &'static str) -> Result<(), Stop> {
        self.guard.variant(of);
        self.tag(kind);
        self.name(name);
        Ok(())
    }

    fn open(&mut self, kind: Kind, _: Option<usize>, named: (&'static str, &'static str)) -> Result<(), Stop> {
        self.tag(if kind == Kind::TupleStruct { Kind::Tuple } else { kind });
        self.counts.push(self.out.len());
        // The true count is known at the end only; what `Serialize` announces is not relied upon.
        self.out.extend_from_slice(&[0; 4]);
        if kind == Kind::Struct {
            self.guard.open(named);
        }
        Ok(())
    }

    fn field(&mut self, name: &'static str) -> Result<(), Stop> {
        self.guard.field(name);
        self.name(name);
        Ok(())
    }

    fn skip(&mut self, name: &'static str) -> Result<(), Stop> {
        self.guard.skip(name);
        Ok(())
    }

    fn close(&mut self, kind: Kind, _: Option<usize>, written: usize) -> Result<(), Stop> {
        let count = u32::try_from(written).map_err(|_| Stop::Refused("it has more than 2³² elements".into()))?;
        let at = self.counts.pop().unwrap_or_default();
        if let Some(slot) = self.out.get_mut(at..at + 4) {
            slot.copy_from_slice(&count.to_le_bytes());
        }
        if kind == Kind::Struct { self.guard.close() } else { Ok(()) }
    }
}
