//! Watches, while a value is written, that every field which will be read is there, and every field there will be read.
//!
//! `#[serde(skip_serializing)]` with a default, and `#[serde(skip_deserializing)]`, lose a field without any error, and
//! for the former not even writing the value that came back again would show it. What `Serialize` writes is therefore
//! compared with what the [schema](super::super::trace) saw `Deserialize` ask for. A field left out by
//! `skip_serializing_if` is announced by serde, and counts as there: it comes back as its default, which is compared.

use crate::codec::{
    error::Stop,
    trace::{Schema, Struct},
};

/// A field of an open struct.
struct Field {
    name: &'static str,
    written: bool,
    /// It only repeats the name of its struct: the tag of `#[serde(tag = "..")]`, which nobody reads.
    is_tag: bool,
}

/// A struct that is being written.
struct Open {
    /// Its name, and the variant's where it is one.
    named: (&'static str, &'static str),
    /// Where its fields begin.
    from: usize,
    /// Its first field is a variant of its own name: `tag` and `content`, where a unit has no content.
    adjacent: bool,
}

pub(super) struct Guard<'a> {
    schema: &'a Schema,
    fields: Vec<Field>,
    open: Vec<Open>,
    /// A field's name was written last: what follows is its value.
    at_value: bool,
}

impl<'a> Guard<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self { schema, fields: Vec::new(), open: Vec::new(), at_value: false }
    }

    pub(super) fn open(&mut self, named: (&'static str, &'static str)) {
        self.open.push(Open { named, from: self.fields.len(), adjacent: false });
        self.at_value = false;
    }

    pub(super) fn field(&mut self, name: &'static str) {
        self.fields.push(Field { name, written: true, is_tag: false });
        self.at_value = true;
    }

    pub(super) fn skip(&mut self, name: &'static str) {
        self.fields.push(Field { name, written: false, is_tag: false });
        self.at_value = false;
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        if let (true, Some(open), Some(field)) = (self.at_value, self.open.last(), self.fields.last_mut()) {
            field.is_tag = open.named.0.as_bytes() == text;
        }
        self.at_value = false;
    }

    pub(super) fn variant(&mut self, of: &'static str) {
        if let (true, Some(open)) = (self.at_value, self.open.last_mut()) {
            open.adjacent |= open.named.0 == of && self.fields.len() == open.from + 1;
        }
        self.at_value = false;
    }

    pub(super) fn close(&mut self) -> Result<(), Stop> {
        self.at_value = false;
        let Some(Open { named, from, adjacent }) = self.open.pop() else {
            return Ok(());
        };
        let fields = self.fields.get(from..).unwrap_or_default();
        // Structs of one name in two modules cannot be told apart here: fitting one of them will do.
        let mut first = Ok(());
        for known in self.schema.structs(named) {
            match fits(known, fields, adjacent, self.schema.is_open()) {
                Ok(()) => {
                    first = Ok(());
                    break;
                }
                Err(why) => first = first.and(Err(why)),
            }
        }
        self.fields.truncate(from);
        first
    }
}

fn fits(known: &Struct, fields: &[Field], adjacent: bool, is_open: bool) -> Result<(), Stop> {
    let refuse = |name: &str, what: &str| {
        let (of, variant) = known.named;
        let of = if variant.is_empty() { of.to_owned() } else { format!("{of}::{variant}") };
        Err(Stop::Refused(format!("the field `{name}` of `{of}` is {what}").into()))
    };
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    if let Some(lost) = known.needed.iter().find(|name| !adjacent && !has(name)) {
        return refuse(
            lost,
            "read back but never written (`#[serde(skip_serializing)]`, or a name of its own for reading)",
        );
    }
    let unread = |field: &&Field| field.written && !field.is_tag && !known.fields.contains(&field.name);
    match fields.iter().find(unread) {
        // Behind `tag` and `flatten` the same struct may be written with more; there the value itself is compared.
        Some(field) if !is_open => refuse(
            field.name,
            "written but never read back (`#[serde(skip_deserializing)]`, or a name of its own for reading)",
        ),
        _ => Ok(()),
    }
}
