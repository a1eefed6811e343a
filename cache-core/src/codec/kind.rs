//! The kinds of serde's data model, and the *shape* of a value: a hash over the sequence of kinds and names.
//!
//! A compact payload carries no types. What makes it safe is its shape: the writer hashes every call that the value's
//! `Serialize` makes (`u8`, `Some`, field `id` ...), the reader hashes every call that the type's `Deserialize` makes,
//! and the two must agree. By induction over the calls, equal shapes mean that every byte was read as what it was
//! written: no skipped, swapped, renamed, widened or missing field gets past it.
//!
//! The shape says nothing about the values themselves; the frame's checksum does that.

use twox_hash::XxHash3_64;

/// One kind of call in serde's data model. The numbers are stored (as tags and inside the shape): never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Unit = 1,
    Bool = 2,
    U8 = 3,
    U16 = 4,
    U32 = 5,
    U64 = 6,
    U128 = 7,
    I8 = 8,
    I16 = 9,
    I32 = 10,
    I64 = 11,
    I128 = 12,
    F32 = 13,
    F64 = 14,
    Char = 15,
    Str = 16,
    Bytes = 17,
    None = 18,
    Some = 19,
    UnitStruct = 20,
    NewtypeStruct = 21,
    Seq = 22,
    Tuple = 23,
    TupleStruct = 24,
    Map = 25,
    Struct = 26,
    UnitVariant = 27,
    NewtypeVariant = 28,
    TupleVariant = 29,
    StructVariant = 30,
    /// The end of a sequence, tuple, map or struct. Only in shapes.
    Close = 31,
}

impl Kind {
    /// The kind a stored tag stands for, `None` for a byte that is no tag.
    pub(super) fn from_tag(tag: u8) -> Option<Self> {
        Some(match tag {
            1 => Self::Unit,
            2 => Self::Bool,
            3 => Self::U8,
            4 => Self::U16,
            5 => Self::U32,
            6 => Self::U64,
            7 => Self::U128,
            8 => Self::I8,
            9 => Self::I16,
            10 => Self::I32,
            11 => Self::I64,
            12 => Self::I128,
            13 => Self::F32,
            14 => Self::F64,
            15 => Self::Char,
            16 => Self::Str,
            17 => Self::Bytes,
            18 => Self::None,
            19 => Self::Some,
            22 => Self::Seq,
            23 => Self::Tuple,
            25 => Self::Map,
            26 => Self::Struct,
            27 => Self::UnitVariant,
            28 => Self::NewtypeVariant,
            29 => Self::TupleVariant,
            30 => Self::StructVariant,
            _ => return None,
        })
    }
}

const BITS: u32 = 6;
/// Set once ten kinds lie above the marker bit.
const FULL: u64 = 1 << (10 * BITS);
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiplies to 128 bits and folds the halves together: every input bit reaches every output bit.
#[inline]
pub(super) const fn fold(a: u64, b: u64) -> u64 {
    let wide = (a as u128) * (b as u128);
    (wide as u64) ^ ((wide >> 64) as u64)
}

/// A running hash of kinds and names.
///
/// Kinds are packed, six bits each, and mixed in ten at a time: a sequence of a million `u8` must not pay a
/// multiplication for each byte.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    mixed: u64,
    /// A marker bit, then the kinds since the last mix; so the number of kinds is part of the word.
    recent: u64,
}

impl Shape {
    pub(super) const fn new() -> Self {
        Self { mixed: 0x6C61_7264_6572_0001, recent: 1 }
    }

    /// Takes in the recent kinds and one more word, with one multiplication.
    #[inline]
    fn mix(&mut self, word: u64) {
        self.mixed = fold(self.mixed ^ self.recent, word ^ MULTIPLIER).wrapping_add(word);
        self.recent = 1;
    }

    /// Takes in one call.
    #[inline]
    pub(super) fn kind(&mut self, kind: Kind) {
        self.recent = (self.recent << BITS) | kind as u64;
        if self.recent >= FULL {
            self.mix(0);
        }
    }

    /// Takes in the name of a variant, or all the names of a struct.
    #[inline]
    pub(super) fn names(&mut self, names: Names) {
        self.mix(names.0);
    }

    pub(super) fn finish(mut self) -> u64 {
        self.mix(0);
        fold(self.mixed, MULTIPLIER)
    }
}

/// A running hash of names in their order: the fields of a struct.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names(u64);

impl Names {
    pub(super) const fn none() -> Self {
        Self(0x2545_F491_4F6C_DD1D)
    }

    pub(super) fn of(name: &str) -> Self {
        Self::none().and(name)
    }

    /// These names, and then another one.
    #[inline]
    pub(super) fn and(self, name: &str) -> Self {
        Self(fold(self.0 ^ XxHash3_64::oneshot(name.as_bytes()), MULTIPLIER).wrapping_add(name.len() as u64))
    }
}
