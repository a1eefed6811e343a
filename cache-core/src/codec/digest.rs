//! A hash of everything `Serialize` tells about a value, whatever the order of maps and sets.
//!
//! It answers one question: is the value that came back from the bytes the one that went in? Comparing encodings would
//! not do, since two equal `HashMap`s iterate in different orders. Here the entries of a map, and the elements of a
//! collection known to be unordered, are hashed one by one and added up; everything else counts in its order.

use serde::Serialize;
use twox_hash::XxHash3_64;

use super::{
    error::Stop,
    kind::{Kind, fold},
    walk::{Sink, Walk},
};

const SEED: u64 = 0x243F_6A88_85A3_08D3;
const MULTIPLIER: u64 = 0xA076_1D64_78BD_642F;

/// The digest of `value`.
///
/// # Errors
/// What `Serialize` says, or too deep a nesting.
pub(super) fn digest<T: Serialize>(value: &T) -> Result<u64, Stop> {
    let mut digest = Digest { state: SEED, open: Vec::new() };
    value.serialize(Walk::new(&mut digest))?;
    Ok(digest.state)
}

/// A collection that is being hashed.
struct Open {
    /// The state around it.
    outer: u64,
    /// The sum of the entries that are complete; `None` where the order counts.
    sum: Option<u64>,
    /// Whether an entry has begun since.
    begun: bool,
}

struct Digest {
    state: u64,
    open: Vec<Open>,
}

impl Digest {
    fn mix(&mut self, word: u64) {
        self.state = fold(self.state ^ word, MULTIPLIER).wrapping_add(word.rotate_left(29));
    }

    fn kind(&mut self, kind: Kind) {
        self.mix(kind as u64);
    }

    fn name(&mut self, name: &str) {
        self.mix(XxHash3_64::oneshot(name.as_bytes()));
    }
}

impl Sink for Digest {
    const MINDS_ORDER: bool = true;

    fn mark(&mut self, kind: Kind) -> Result<(), Stop> {
        self.kind(kind);
        Ok(())
    }

    fn unsigned(&mut self, kind: Kind, value: u64) -> Result<(), Stop> {
        self.kind(kind);
        self.mix(value);
        Ok(())
    }

    fn signed(&mut self, kind: Kind, value: i64) -> Result<(), Stop> {
        self.unsigned(kind, value as u64)
    }

    fn fixed<const N: usize>(&mut self, kind: Kind, little_endian: [u8; N]) -> Result<(), Stop> {
        self.blob(kind, &little_endian)
    }

    fn blob(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Stop> {
        self.kind(kind);
        self.mix(bytes.len() as u64);
        self.mix(XxHash3_64::oneshot(bytes));
        Ok(())
    }

    fn variant(&mut self, kind: Kind, _: &'static str, _: u32, name: &'static str) -> Result<(), Stop> {
        self.kind(kind);
        self.name(name);
        Ok(())
    }

    fn open(&mut self, kind: Kind, _: Option<usize>, _: (&'static str, &'static str)) -> Result<(), Stop> {
        self.kind(kind);
        let sum = (kind == Kind::Map).then_some(0);
        self.open.push(Open { outer: self.state, sum, begun: false });
        Ok(())
    }

    fn unordered(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.sum = Some(0);
        }
    }

    fn part(&mut self) {
        if let Some(Open { sum: Some(sum), begun, .. }) = self.open.last_mut() {
            if *begun {
                *sum = sum.wrapping_add(fold(self.state, MULTIPLIER));
            }
            *begun = true;
            self.state = SEED;
        }
    }

    fn field(&mut self, name: &'static str) -> Result<(), Stop> {
        self.name(name);
        Ok(())
    }

    fn skip(&mut self, name: &'static str) -> Result<(), Stop> {
        self.mix(u64::MAX);
        self.name(name);
        Ok(())
    }

    fn close(&mut self, _: Kind, _: Option<usize>, written: usize) -> Result<(), Stop> {
        self.part();
        if let Some(Open { outer, sum: Some(sum), .. }) = self.open.pop() {
            self.state = outer;
            self.mix(sum);
        }
        self.mix(written as u64);
        self.kind(Kind::Close);
        Ok(())
    }
}
