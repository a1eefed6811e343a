//! What was cleared by a pattern, and is there still: as good as gone to everyone, at once, and removed behind that.
//!
//! A mark says that what a pattern matches counts as removed if it was written before a moment. It is one row, written in one
//! transaction; the entries go in slices, and then the mark. Where the process that removes them ends, whoever opens the
//! directory next goes on.

use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

use cache_core::key::Key;
use cache_core::{BackendError, Pattern};
use heed::RoTxn;

use super::Part;
use super::answer::behind;
use super::known::State;
use super::open::Open;
use super::record::Record;
use super::table::{HASH, PART};
use super::writer::Writer;

/// How many there may be at once. Each is asked at each look; past that, a pattern is cleared while its caller waits.
const MOST: u64 = 32;

/// One mark.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The generation that it is of.
    pub(super) generation: u64,
    /// What has a lower number was written before.
    pub(super) before: u64,
    pub(super) pattern: Pattern,
}

/// The marks of a part as they were last read: see [`super::known`].
#[derive(Default)]
pub(super) struct Marks(RwLock<Option<(State, Arc<[Mark]>)>>);

impl Marks {
    fn get(&self, state: State) -> Option<Arc<[Mark]>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(of, _)| *of == state).map(|(_, marks)| Arc::clone(marks))
    }

    fn learn(&self, state: State, marks: &Arc<[Mark]>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((state, Arc::clone(marks)));
    }
}

impl Part {
    fn read_marks(&self, open: &Open, txn: &RoTxn<'_>) -> heed::Result<Arc<[Mark]>> {
        let mut marks = Vec::new();
        for row in open.tables.marks.prefix_iter(txn, &self.id)? {
            let (key, pattern) = row?;
            let before = key.get(PART..).and_then(<[u8]>::first_chunk).map(|bytes| u64::from_be_bytes(*bytes));
            let pattern = std::str::from_utf8(pattern).ok();
            let generation = open.chosen.number;
            let mark = |(before, text)| Mark { generation, before, pattern: Pattern::new(text) };
            marks.extend(before.zip(pattern).map(mark));
        }
        Ok(marks.into())
    }

    /// Whether what a row holds counts as removed.
    pub(super) fn is_cleared(&self, open: &Open, txn: &RoTxn<'_>, record: &Record<'_>) -> heed::Result<bool> {
        let state = State::of(open, txn);
        if let Some(is_cleared) = self.is_known_cleared(state, record) {
            return Ok(is_cleared);
        }
        let marks = self.read_marks(open, txn)?;
        self.marks.learn(state, &marks);
        Ok(marks.iter().any(|mark| self.is_marked(mark, record)))
    }

    /// The same, if that is known without a look at the marks.
    pub(super) fn is_known_cleared(&self, state: State, record: &Record<'_>) -> Option<bool> {
        if record.is_bare {
            // Nobody's pattern can match it.
            return Some(false);
        }
        Some(self.marks.get(state)?.iter().any(|mark| self.is_marked(mark, record)))
    }

    /// The same, by what is being written.
    pub(super) fn is_cleared_in(
        &self,
        open: &Open,
        writer: &Writer<'_, '_>,
        record: &Record<'_>,
    ) -> heed::Result<bool> {
        if record.is_bare {
            return Ok(false);
        }
        Ok(self.read_marks(open, writer.txn)?.iter().any(|mark| self.is_marked(mark, record)))
    }

    pub(super) fn is_marked(&self, mark: &Mark, record: &Record<'_>) -> bool {
        record.is_entry_before(mark.before) && self.matches(&mark.pattern, record)
    }

    fn matches(&self, pattern: &Pattern, record: &Record<'_>) -> bool {
        let text = if record.is_bare { None } else { record.text.strip_prefix(self.prefix.as_bytes()) };
        let text = text.and_then(|text| std::str::from_utf8(text).ok());
        text.and_then(Key::subject_of).is_some_and(|subject| pattern.matches(subject))
    }

    /// Clears what `pattern` matches: it counts as removed when this ends, and is removed behind that.
    pub(super) fn clear_matching(self: &Arc<Self>, pattern: &Pattern) -> Result<(), BackendError> {
        let text = pattern.text();
        let (before, generation) =
            self.write_now(move |open, writer| Ok((writer.mark(&text, MOST)?, open.chosen.number)))?;
        // Where there are many marks already, its caller waits.
        let mark = Mark { generation, before: before.unwrap_or(u64::MAX), pattern: pattern.clone() };
        if before.is_none() {
            return self.remove_marked(&mark);
        }
        self.finish_clearing(vec![mark]);
        Ok(())
    }

    /// Removes what marks are about, and then the marks, on another thread and in slices. It ends when there is no handler any more.
    fn finish_clearing(self: &Arc<Self>, marks: Vec<Mark>) {
        let (steward, part) = (Arc::clone(&self.environment.steward), Arc::downgrade(self));
        let clear = move || -> Result<(), BackendError> {
            for mark in marks {
                let mut from = Some(Bound::Included([0; HASH]));
                while let Some(at) = from.take() {
                    if steward.is_closed() {
                        return Ok(());
                    }
                    let _works = steward.work();
                    let Some(part) = part.upgrade() else { return Ok(()) };
                    from = part.remove_some_marked(&mark, &at)?;
                }
                let _works = steward.work();
                let Some(part) = part.upgrade() else { return Ok(()) };
                part.write_now(move |open, writer| {
                    // In another generation that number is another mark's.
                    if open.chosen.number == mark.generation { writer.unmark(mark.before) } else { Ok(()) }
                })?;
            }
            Ok(())
        };
        let on = Arc::clone(&self.environment.steward);
        behind(&on, move || {
            if let Err(error) = clear() {
                log::warn!("what was cleared on disk stays there, as good as gone, until it is opened again: {error}");
            }
        });
    }

    /// Goes on with what a process that has ended left marked.
    pub(super) fn go_on_clearing(self: &Arc<Self>) -> Result<(), BackendError> {
        let left = self.read(|open, txn, _| self.read_marks(open, txn))?;
        if !left.is_empty() {
            self.finish_clearing(left.to_vec());
        }
        Ok(())
    }
}
