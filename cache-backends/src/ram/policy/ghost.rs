//! Who left of late: fingerprints of keys, in the order of their leaving.

/// How many fingerprints share a set; within it the oldest makes room.
const WAYS: usize = 8;

/// A set-associative table: a fingerprint is looked for among eight, in one line of the processor's cache, the youngest
/// first.
#[derive(Debug)]
pub(super) struct Ghost {
    sets: Vec<[Mark; WAYS]>,
    /// How many leavings one is remembered for.
    memory: u32,
    /// The number of the last leaving.
    now: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    print: u16,
    /// When it left, without the lower bits; 0 is never.
    left: u16,
}

impl Ghost {
    /// Remembers about the last `memory` keys that left.
    pub(super) fn new(memory: usize) -> Self {
        let memory = u32::try_from(memory).unwrap_or(u32::MAX / 2);
        Self { sets: Vec::new(), memory, now: 0 }
    }

    /// How much `left` counts in one step: its range is a little over twice the memory.
    fn step(&self) -> u32 {
        self.memory / 16_384 + 1
    }

    fn moment(&self, now: u32) -> u16 {
        // Never 0; the count goes round long after what it says is forgotten.
        (now / self.step() % 65_535) as u16 + 1
    }

    fn is_remembered(&self, mark: Mark) -> bool {
        let age = (u32::from(self.moment(self.now)) + 65_535 - u32::from(mark.left)) % 65_535;
        mark.left != 0 && age * self.step() <= self.memory
    }

    fn place(&self, hash: u32) -> (usize, u16) {
        let set = (u64::from(hash) * self.sets.len() as u64) >> 32;
        // Multiplied, the lower bits depend on all of them, also where there are many sets.
        (set as usize, (hash.wrapping_mul(0x9e37_79b1) >> 16) as u16)
    }

    /// Remembers that a key left.
    pub(super) fn put(&mut self, hash: u32) {
        if self.sets.is_empty() {
            self.sets = vec![[Mark::default(); WAYS]; (self.memory as usize).div_ceil(WAYS).max(1)];
        }
        self.now = self.now.wrapping_add(1);
        let mark = |ghost: &Self, print| Mark { print, left: ghost.moment(ghost.now) };
        let (set, print) = self.place(hash);
        let new = mark(self, print);
        let set = &mut self.sets[set];
        set.copy_within(..WAYS - 1, 1);
        set[0] = new;
    }

    /// Whether a key left of late; it is forgotten then.
    pub(super) fn take(&mut self, hash: u32) -> bool {
        if self.sets.is_empty() {
            return false;
        }
        let (set, print) = self.place(hash);
        let Some(way) = self.sets[set].iter().position(|mark| mark.print == print && self.is_remembered(*mark)) else {
            return false;
        };
        // The oldest place becomes free.
        let set = &mut self.sets[set];
        set.copy_within(way + 1.., way);
        set[WAYS - 1] = Mark::default();
        true
    }
}
