//! [`Probe`]: what a key is looked for in memory by, without being recorded into a buffer.
//!
//! A table in memory needs three things of a key: how long its recorded bytes are, a hash, and whether some recorded bytes
//! are its own. All of them can be had from the arguments as they are.

use std::hash::Hasher as _;

use foldhash::fast::FoldHasher;

use super::mark::mark;
use super::odd;
use super::{Exact, KeyPart, Recorder};

/// Keys up to this many bytes are hashed as two words.
const SHORT: usize = 16;

/// A key that is looked for. Two of the same function that record the same bytes feed the same.
pub trait Probe {
    /// How many bytes it records.
    fn length(&self) -> usize;
    /// Feeds what tells it from others.
    fn feed(&self, hasher: &mut FoldHasher<'_>);
    /// Whether it records just these bytes.
    fn is(&self, kept: Kept<'_>) -> bool;
}

/// Recorded bytes as a table keeps them: filled up with zeros to whole words.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// The same, and zeros behind them, as they lie in memory.
    pub words: &'a [u64],
}

/// The recorded bytes themselves.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a>(pub &'a [u8]);

impl Recorded<'_> {
    fn words(&self) -> Option<[u64; 2]> {
        let mut filled = [0; SHORT];
        filled.get_mut(..self.0.len())?.copy_from_slice(self.0);
        let value = u128::from_le_bytes(filled);
        Some([value as u64, (value >> 64) as u64])
    }
}

impl Probe for Recorded<'_> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn feed(&self, hasher: &mut FoldHasher<'_>) {
        match self.words() {
            Some(words) => words.into_iter().for_each(|word| hasher.write_u64(word)),
            None => hasher.write(self.0),
        }
    }

    fn is(&self, kept: Kept<'_>) -> bool {
        *self.0 == *kept.bytes
    }
}

/// The key of a few numbers: its bytes are what a [`Recorder`] records of them, 16 at most, and stay in registers.
///
/// An argument is taken for a number by the name of its type, which may be a name of the user's: see `odd`.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    value: u128,
    length: usize,
}

impl Words {
    /// No bytes yet.
    #[allow(clippy::new_without_default, reason = "generated code must not need a trait of the prelude")]
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self { value: 0, length: 0 }
    }

    /// With a number behind what is there.
    #[inline]
    #[must_use]
    pub fn with<T: KeyPart>(mut self, number: &T) -> Self {
        match number.larder_exact() {
            Exact::Number(value, bytes) if self.length <= SHORT && self.length + bytes <= SHORT => {
                self.value |= value.wrapping_shl(8 * self.length as u32);
                self.length += bytes;
            }
            _ => {
                odd::keep(self.recorder(), number);
                self.length = odd::ODD;
            }
        }
        self
    }
}

impl Probe for Words {
    #[inline]
    fn length(&self) -> usize {
        self.length
    }

    #[inline]
    fn feed(&self, hasher: &mut FoldHasher<'_>) {
        hasher.write_u64(self.value as u64);
        hasher.write_u64((self.value >> 64) as u64);
    }

    #[inline]
    fn is(&self, kept: Kept<'_>) -> bool {
        match *kept.words {
            [] => true,
            [low] => u64::from_le(low) == self.value as u64,
            [low, high, ..] => {
                u64::from_le(low) == self.value as u64 && u64::from_le(high) == (self.value >> 64) as u64
            }
        }
    }
}

impl Record for Words {
    fn recorder(&self) -> Recorder {
        if self.length > SHORT {
            return odd::take();
        }
        let mut recorder = Recorder::new();
        recorder.bytes_of(self.value, self.length);
        recorder
    }

    fn mark(&self) -> Option<u64> {
        (self.length <= SHORT).then(|| mark(self))
    }
}

/// A key that a plan can be made of.
pub trait Record: Probe + Copy {
    /// What is recorded. Asked for once, behind the mark.
    fn recorder(&self) -> Recorder;

    /// [`mark`] of it; none where it is that of what is recorded.
    fn mark(&self) -> Option<u64>;
}

#[cfg(test)]
mod tests {
    use super::super::Parts;
    use super::*;

    fn recorded(parts: &[&dyn KeyPart]) -> Recorder {
        let mut recorder = Recorder::new();
        parts.iter().for_each(|part| part.record(&mut recorder));
        recorder
    }

    fn kept(bytes: &[u8], is: impl FnOnce(Kept<'_>) -> bool) -> bool {
        let words: Vec<u64> = bytes
            .chunks(8)
            .map(|chunk| {
                let mut word = [0; 8];
                word[..chunk.len()].copy_from_slice(chunk);
                u64::from_le_bytes(word)
            })
            .collect();
        is(Kept { bytes, words: &words })
    }

    macro_rules! same {
        ($(($($with:tt)*) $value:expr),*) => {
            let recorder = recorded(&[$(&$value),*]);
            let bytes = recorder.bytes();
            let parts = Parts::new()$(.$($with)*(&$value))*;
            assert_eq!(parts.recorder().bytes(), bytes);
            assert_eq!(parts.length(), bytes.len());
            assert!(kept(bytes, |kept| parts.is(kept) && Recorded(bytes).is(kept)));
            for at in 0..bytes.len() {
                let mut other = bytes.to_vec();
                other[at] ^= 1;
                assert!(!kept(&other, |kept| parts.is(kept)), "byte {at} of {bytes:?}");
            }
        };
    }

    macro_rules! same_words {
        ($($bytes:literal $value:expr),*) => {
            same!($((number::<$bytes, _>) $value),*);
            let (words, recorder) = (Words::new()$(.with(&$value))*, recorded(&[$(&$value),*]));
            assert_eq!(words.recorder().bytes(), recorder.bytes());
            assert_eq!(words.length(), recorder.bytes().len());
            assert_eq!(words.mark(), Some(mark(&Recorded(recorder.bytes()))));
            assert!(kept(recorder.bytes(), |kept| words.is(kept)));
        };
    }

    #[test]
    fn words_are_what_is_recorded() {
        same_words!();
        same_words!(8 7_u64);
        same_words!(8 -1_i64, 8 usize::MAX);
        same_words!(1 1_u8, 2 2_u16, 4 3_u32, 1 true, 4 'x');
        same_words!(1 -1_i8, 2 -2_i16, 4 -3_i32, 8 isize::MIN);
        same_words!(8 0.5_f64, 4 -0.0_f32);
        same_words!(16 u128::MAX - 1);
        same_words!(16 i128::MIN);
        same_words!(8 &7_u64, 1 &mut 1_u8);
    }

    #[test]
    fn parts_are_what_is_recorded() {
        same!((text) "");
        same!((text) "ab", (text) "c");
        let owned = "and another".to_owned();
        same!((text) "a name of some length", (number::<8, _>) 7_u64, (text) owned, (number::<1, _>) 3_u8);
        same!((number::<16, _>) u128::MAX, (number::<4, _>) 'x', (text) "", (number::<1, _>) false, (number::<8, _>) 1.5_f64);
    }

    macro_rules! odd {
        ($probe:expr; $($value:expr),*) => {
            let probe = $probe;
            assert_eq!((probe.length(), probe.mark()), (odd::ODD, None));
            assert_eq!(probe.recorder().bytes(), recorded(&[$(&$value),*]).bytes());
            assert!(odd::take().is_refused(), "nothing is left behind");
        };
    }

    #[test]
    fn what_is_called_like_something_else_is_recorded() {
        odd!(Words::new().with(&"ab"); "ab");
        odd!(Words::new().with(&1_u8).with(&"ab").with(&2_u64); 1_u8, "ab", 2_u64);
        odd!(Words::new().with(&1_u128).with(&2_u8); 1_u128, 2_u8);
        odd!(Words::new().with(&1_u64).with(&2_u128).with(&3_u8); 1_u64, 2_u128, 3_u8);
        odd!(Parts::new().text(&1_u8).text(&"ab").number::<1, _>(&2_u8); 1_u8, "ab", 2_u8);
        odd!(Parts::new().text(&"ab").number::<1, _>(&1_u64).text(&"c").number::<8, _>(&"d"); "ab", 1_u64, "c", "d");
    }
}
