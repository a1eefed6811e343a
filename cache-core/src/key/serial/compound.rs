//! The inside of sequences, maps and structs.

use serde::Serialize;
use serde::ser;

use super::super::Recorder;
use super::{KeySerializer, Refused, tag};

/// What `value` records on its own.
fn alone<T: Serialize + ?Sized>(value: &T) -> Result<Recorder, Refused> {
    let mut recorder = Recorder::new();
    value.serialize(&mut KeySerializer(&mut recorder))?;
    Ok(recorder)
}

/// Elements of a sequence. Their number is known at the end only, so they are gathered first.
pub(super) struct Collected<'s> {
    recorder: &'s mut Recorder,
    count: usize,
    items: Recorder,
}

impl<'s> Collected<'s> {
    pub(super) fn new(recorder: &'s mut Recorder) -> Self {
        Self { recorder, count: 0, items: Recorder::new() }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.count += 1;
        value.serialize(&mut KeySerializer(&mut self.items))
    }

    fn finish(self) {
        self.recorder.fixed([tag::SEQUENCE]);
        self.recorder.length(self.count);
        self.recorder.framed(self.items.bytes());
    }
}

macro_rules! collected {
    ($($trait:ident $method:ident;)*) => {$(
        impl ser::$trait for Collected<'_> {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
                self.item(value)
            }

            fn end(self) -> Result<(), Refused> {
                self.finish();
                Ok(())
            }
        }
    )*};
}
collected! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

/// Entries of a map, to be sorted.
pub(super) struct Pairs<'s> {
    recorder: &'s mut Recorder,
    pairs: Vec<(Recorder, Recorder)>,
    key: Option<Recorder>,
}

impl<'s> Pairs<'s> {
    pub(super) fn new(recorder: &'s mut Recorder) -> Self {
        Self { recorder, pairs: Vec::new(), key: None }
    }
}

impl ser::SerializeMap for Pairs<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key = Some(alone(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let key = self.key.take().ok_or_else(|| Refused("a value without a key".into()))?;
        self.pairs.push((key, alone(value)?));
        Ok(())
    }

    fn end(self) -> Result<(), Refused> {
        self.recorder.fixed([tag::MAP]);
        self.recorder.sorted(self.pairs.iter(), |recorder, (key, value)| {
            recorder.framed(key.bytes());
            recorder.framed(value.bytes());
        });
        Ok(())
    }
}

/// Fields of a struct, each behind its index.
pub(super) struct Fields<'s> {
    recorder: &'s mut Recorder,
    count: usize,
    fields: Recorder,
}

impl<'s> Fields<'s> {
    pub(super) fn new(recorder: &'s mut Recorder) -> Self {
        Self { recorder, count: 0, fields: Recorder::new() }
    }

    fn field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.fields.length(self.count);
        self.count += 1;
        value.serialize(&mut KeySerializer(&mut self.fields))
    }

    fn skip(&mut self) {
        self.fields.length(self.count);
        self.count += 1;
        self.fields.fixed([tag::SKIPPED]);
    }

    fn finish(self) {
        self.recorder.fixed([tag::STRUCT]);
        self.recorder.length(self.count);
        self.recorder.framed(self.fields.bytes());
    }
}

macro_rules! fields {
    ($($trait:ident;)*) => {$(
        impl ser::$trait for Fields<'_> {
            type Ok = ();
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Refused> {
                self.field(value)
            }

            fn skip_field(&mut self, _: &'static str) -> Result<(), Refused> {
                self.skip();
                Ok(())
            }

            fn end(self) -> Result<(), Refused> {
                self.finish();
                Ok(())
            }
        }
    )*};
}
fields! { SerializeStruct; SerializeStructVariant; }
