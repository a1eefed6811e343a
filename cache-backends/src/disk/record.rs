//! What a row of `entries` or `epochs` looks like, and the room that it takes.

use cache_core::Epoch;

use super::table::{ADDRESS, Place};
use super::values::InFile;

/// A row of `entries` or `epochs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// When its life ends; `u64::MAX` is never.
    pub(super) ends: u64,
    /// Until when an invalidation of this slot has to be remembered; 0 if there was none.
    pub(super) guarded: u64,
    /// The number of its writing, in its [`super::queue::Queue`].
    pub(super) sequence: u64,
    pub(super) listed: Listed,
    /// See [`super::name::Name::is_bare`].
    pub(super) is_bare: bool,
    /// The prefix and the slot's text.
    pub(super) text: &'a [u8],
    pub(super) value: Value<'a>,
}

/// What the indexes call a row. A value that takes the place of another leaves their rows as they are: whoever comes to them in
/// their turn has them go to where they belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// The number that stands in the queue. That of its writing is as high or higher.
    pub(super) sequence: u64,
    /// When it was to end, as far as `ends` knew until then. From then on it may be listed by its end.
    pub(super) ends: u64,
}

/// What larder stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// In the row.
    Here(&'a [u8]),
    /// In a file of its own.
    InFile(InFile<'a>),
}

/// In the length of a text: what stands behind it is in a file of its own.
const IN_FILE: u32 = 1 << 31;
/// In the length of a text: an invalidation of the slot has to be remembered, and until when stands behind the length.
const GUARDED: u32 = 1 << 30;
/// In the length of a text: it is nothing that anyone reads.
const BARE: u32 = 1 << 29;
/// In the length of a text: the indexes call it something else, and what stands behind the length and the moment above.
const REWRITTEN: u32 = 1 << 28;
/// The longest text there can be.
const LONGEST: u32 = REWRITTEN - 1;

/// The bytes of a row before its text that every row has.
const HEADER: usize = 20;
/// Those of [`Listed`].
const LISTED: usize = 16;

impl<'a> Record<'a> {
    pub(super) fn parse(row: &'a [u8]) -> Option<Self> {
        let (ends, rest) = row.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length);
        let (guarded, rest) = if length & GUARDED == 0 { (&[0; 8], rest) } else { rest.split_first_chunk()? };
        let (ends, sequence) = (u64::from_le_bytes(*ends), u64::from_le_bytes(*sequence));
        let (listed, rest) = match length & REWRITTEN {
            0 => (Listed { sequence, ends }, rest),
            _ => Listed::parse(rest)?,
        };
        let (text, bytes) = rest.split_at_checked(usize::try_from(length & LONGEST).ok()?)?;
        let value = if length & IN_FILE == 0 { Value::Here(bytes) } else { Value::InFile(InFile::parse(bytes)?) };
        Some(Self {
            ends,
            guarded: u64::from_le_bytes(*guarded),
            sequence,
            listed,
            is_bare: length & BARE != 0,
            text,
            value,
        })
    }
}

impl Listed {
    fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (sequence, rest) = bytes.split_first_chunk()?;
        let (ends, rest) = rest.split_first_chunk()?;
        Some((Self { sequence: u64::from_le_bytes(*sequence), ends: u64::from_le_bytes(*ends) }, rest))
    }
}

/// A row that is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRecord<'a> {
    pub(super) ends: u64,
    pub(super) guarded: u64,
    pub(super) sequence: u64,
    pub(super) listed: Listed,
    pub(super) place: &'a Place<'a>,
    pub(super) value: NewValue<'a>,
}

/// What is to be stored.
#[derive(Clone, Copy, Debug)]
pub(super) enum NewValue<'a> {
    Here(&'a [u8]),
    /// In a file that was written: what the row says of it, and how long it is.
    InFile(&'a [u8], u64),
}

impl<'a> NewValue<'a> {
    const fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Here(bytes) | Self::InFile(bytes, _) => bytes,
        }
    }

    /// The room that it takes in a row of this length, and beside it.
    pub(super) fn room(&self, row: usize) -> u64 {
        match self {
            Self::Here(_) => room(row),
            Self::InFile(..) => room(row).saturating_add(self.file_room()),
        }
    }

    /// The room of the file that it has.
    pub(super) const fn file_room(&self) -> u64 {
        match self {
            Self::Here(_) => 0,
            Self::InFile(_, length) => in_pages(*length),
        }
    }
}

impl NewRecord<'_> {
    /// How long a row is at most that holds this.
    pub(super) fn longest(place: &Place<'_>, value: &NewValue<'_>) -> usize {
        let text = place.prefix.len() + place.text.len();
        HEADER + size_of::<u64>() + LISTED + text + value.bytes().len()
    }

    const fn is_rewritten(&self) -> bool {
        self.listed.sequence != self.sequence || self.listed.ends != self.ends
    }

    pub(super) fn length(&self) -> usize {
        let guard = if self.guarded == 0 { size_of::<u64>() } else { 0 };
        let listed = if self.is_rewritten() { 0 } else { LISTED };
        Self::longest(self.place, &self.value) - guard - listed
    }

    /// Writes the row straight into the store's page.
    pub(super) fn write(&self, into: &mut impl std::io::Write) -> std::io::Result<()> {
        let text = self.place.prefix.len() + self.place.text.len();
        // A text that does not fit has a length that does not either: the row is then damaged, which is nothing.
        let text = u32::try_from(text).map_or(LONGEST, |text| text.min(LONGEST));
        let text = if matches!(self.value, NewValue::InFile(..)) { text | IN_FILE } else { text };
        let text = if self.guarded == 0 { text } else { text | GUARDED };
        let text = if self.is_rewritten() { text | REWRITTEN } else { text };
        let text = if self.place.is_bare { text | BARE } else { text };
        into.write_all(&self.ends.to_le_bytes())?;
        into.write_all(&self.sequence.to_le_bytes())?;
        into.write_all(&text.to_le_bytes())?;
        if self.guarded != 0 {
            into.write_all(&self.guarded.to_le_bytes())?;
        }
        if self.is_rewritten() {
            into.write_all(&self.listed.sequence.to_le_bytes())?;
            into.write_all(&self.listed.ends.to_le_bytes())?;
        }
        into.write_all(self.place.prefix.as_bytes())?;
        into.write_all(self.place.text)?;
        into.write_all(self.value.bytes())
    }
}

impl Record<'_> {
    /// The epoch that it holds, if it is one's.
    pub(super) fn epoch(&self) -> Option<Epoch> {
        match self.value {
            Value::Here(bytes) => Epoch::from_bytes(bytes),
            Value::InFile(_) => None,
        }
    }

    /// Whether it is an entry, and was written before the row of this `number`.
    pub(super) const fn is_entry_before(&self, number: u64) -> bool {
        // Those of tombstones are higher than all of entries.
        self.sequence < number
    }

    /// Whether its value is in the file of this number.
    pub(super) fn is_in_file(&self, number: &[u8]) -> bool {
        matches!(self.value, Value::InFile(file) if file.is(number))
    }

    /// The room that it takes, in a row of this length.
    pub(super) fn room(&self, row: usize) -> u64 {
        match self.value {
            Value::Here(_) => room(row),
            Value::InFile(_) => room(row).saturating_add(self.file_room()),
        }
    }

    /// The room of the file that its value has.
    pub(super) const fn file_room(&self) -> u64 {
        match self.value {
            Value::Here(_) => 0,
            Value::InFile(file) => in_pages(file.length),
        }
    }
}

const fn in_pages(length: u64) -> u64 {
    length.div_ceil(PAGE).saturating_mul(PAGE)
}

const PAGE: u64 = 4_096;

/// The room that a row of `entries` takes with all that belongs to it: a row that does not fit into half a page has pages of its
/// own, and the pages that others share are half empty where rows come and go anywhere. Lengths that differ little take the same,
/// so that a value which takes another's place changes no counter.
pub(super) fn room(row: usize) -> u64 {
    /// Rows of the indexes, and what every row costs.
    const AROUND: u64 = 200;
    const PAGE_HEADER: u64 = 16;
    /// What stands in a page beside a row: its key, its length and where it is.
    const BESIDE: u64 = ADDRESS as u64 + 8;
    const INLINE: u64 = 2_000;
    const STEP: u64 = 32;
    let row = row as u64;
    AROUND
        + match row {
            ..=INLINE => 2 * (row.next_multiple_of(STEP) + BESIDE),
            _ => (row + PAGE_HEADER).next_multiple_of(PAGE),
        }
}
