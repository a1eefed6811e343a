//! The inside of sequences, tuples, maps and structs: one type for serde's seven traits.

use serde::ser::{self, Serialize};

use super::{Sink, Walk};
use crate::codec::{depth::Depth, error::Stop, kind::Kind};

/// An open sequence, tuple, map or struct.
pub(in crate::codec) struct Compound<'a, S> {
    pub(super) sink: &'a mut S,
    pub(super) depth: Depth,
    pub(super) kind: Kind,
    pub(super) announced: Option<usize>,
    pub(super) written: usize,
}

impl<S: Sink> Compound<'_, S> {
    #[inline]
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        value.serialize(Walk { sink: self.sink, depth: self.depth })
    }

    #[inline]
    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.written += 1;
        self.sink.part();
        self.value(value)
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
        self.written += 1;
        self.sink.field(name)?;
        self.value(value)
    }

    #[inline]
    fn close(self) -> Result<(), Stop> {
        self.sink.close(self.kind, self.announced, self.written)
    }
}

macro_rules! elements {
    ($($trait:ident :: $method:ident),*) => {$(
        impl<S: Sink> ser::$trait for Compound<'_, S> {
            type Ok = ();
            type Error = Stop;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.part(value)
            }

            fn end(self) -> Result<(), Stop> {
                self.close()
            }
        }
    )*};
}

elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl<S: Sink> ser::$trait for Compound<'_, S> {
            type Ok = ();
            type Error = Stop;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
                self.field(name, value)
            }

            fn skip_field(&mut self, name: &'static str) -> Result<(), Stop> {
                self.sink.skip(name)
            }

            fn end(self) -> Result<(), Stop> {
                self.close()
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

impl<S: Sink> ser::SerializeMap for Compound<'_, S> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        self.part(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.value(value)
    }

    fn end(self) -> Result<(), Stop> {
        self.close()
    }
}
