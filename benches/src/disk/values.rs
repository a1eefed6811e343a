//! What is kept, and what it is asked for by.

use std::sync::LazyLock;

use larder_benches::random::Random;

/// How long what is set directly is fresh, in seconds: as long as the results of the functions.
pub const TTL: u64 = 3600;

/// How large values are, and how many of them each store holds.
pub struct Size {
    pub name: &'static str,
    pub bytes: usize,
    pub keys: u64,
}

pub const SMALL: Size = Size { name: "100 B", bytes: 100, keys: 20_000 };
pub const PAGE: Size = Size { name: "4 KB", bytes: 4_096, keys: 20_000 };
pub const LARGE: Size = Size { name: "1 MB", bytes: 1 << 20, keys: 120 };

/// The arguments of a call, and the key of 24 bytes that stores without functions get in their place.
#[derive(Clone, Copy)]
pub struct Asked {
    pub id: u64,
    pub key: &'static str,
}

impl Asked {
    /// The text is never freed, as there are few of them.
    pub fn new(id: u64) -> Self {
        let mixed = Random(id).number();
        Self { id, key: Box::leak(format!("{mixed:016x}{:08x}", id as u32).into_boxed_str()) }
    }
}

impl Size {
    /// All there is, in order.
    pub fn all(&self) -> impl Iterator<Item = Asked> {
        (0..self.keys).map(Asked::new)
    }

    /// All there is, in no order, and once more, so that a slice of all can begin at any of them.
    pub fn shuffled(&self) -> Vec<Asked> {
        let mut keys: Vec<_> = self.all().collect();
        Random(3).shuffle(&mut keys);
        keys.extend_from_within(..);
        keys
    }

    pub fn value(&self, id: u64) -> Vec<u8> {
        self.bytes(id).to_vec()
    }

    /// The same without a copy.
    pub fn bytes(&self, id: u64) -> &'static [u8] {
        bytes(id, self.bytes)
    }
}

/// How many bytes a value has at most.
const MOST: usize = 2 << 20;

/// Bytes that look random and are there already, so that making a value is no part of what is measured.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut random = Random(0xd15c);
    (0..2 * MOST / 8).flat_map(|_| random.number().to_le_bytes()).collect()
});

/// The bytes of a value.
pub fn bytes(id: u64, count: usize) -> &'static [u8] {
    let from = (id * 7919) as usize % MOST;
    &BYTES[from..from + count]
}
