//! A [`Hasher`] that hashes nothing: it records what a `Hash` impl feeds, every write framed.

use std::any::type_name;
use std::hash::{Hash, Hasher};

use super::Recorder;

/// Records `value`. The `Hash` of a path feeds the same for `/etc` and `etc`, so where the name of the type shows one (as
/// for a `P: AsRef<Path> + Hash` that is a `PathBuf`), the call is not cached. The fields of a type it does not show.
pub(super) fn record<T: Hash + ?Sized>(value: &T, recorder: &mut Recorder) {
    value.hash(&mut RecordingHasher(recorder));
    if type_name::<T>().contains("std::path::Path") {
        log::debug!("a call runs uncached: the `Hash` of `{}` does not tell `/etc` from `etc`", type_name::<T>());
        recorder.refuse();
    }
}

/// Records each write with a mark of its width, so that no two sequences of writes give the same bytes.
///
/// Slices of integers (`[u16]`, `Vec<u32>`) arrive as one write of native memory: equal arguments give equal bytes on
/// every little-endian machine.
#[derive(Debug)]
struct RecordingHasher<'a>(&'a mut Recorder);

macro_rules! writes {
    ($($method:ident $type:ty, $wide:ty;)*) => {$(
        fn $method(&mut self, value: $type) {
            let bytes = (value as $wide).to_le_bytes();
            self.0.fixed([bytes.len() as u8]);
            self.0.fixed(bytes);
        }
    )*};
}

impl Hasher for RecordingHasher<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.fixed([0]);
        self.0.framed(bytes);
    }

    writes! {
        write_u8 u8, u8;
        write_u16 u16, u16;
        write_u32 u32, u32;
        write_u64 u64, u64;
        write_u128 u128, u128;
        write_usize usize, u64;
        write_i8 i8, i8;
        write_i16 i16, i16;
        write_i32 i32, i32;
        write_i64 i64, i64;
        write_i128 i128, i128;
        write_isize isize, i64;
    }

    /// Nobody asks a recording for a hash; what was recorded so far would not be one.
    fn finish(&self) -> u64 {
        0
    }
}
