//! Bytes that are to be written, in the order in which they came.

use std::collections::VecDeque;

use super::Command;

/// Commands of more bytes than this are copied before the queue is locked, and are a piece of their own.
const LARGE: usize = 64 << 10;

/// What is to be written, in pieces of which none is empty.
#[derive(Default)]
pub(super) struct Outgoing {
    pieces: VecDeque<Vec<u8>>,
    len: usize,
    /// Room for the next piece.
    spare: Vec<u8>,
}

/// Commands that are about to be added.
pub(super) enum Packed<'a> {
    Small(&'a [&'a Command]),
    Large(Vec<u8>),
}

impl<'a> Packed<'a> {
    pub(super) fn of(commands: &'a [&'a Command]) -> Self {
        if !is_large(commands) {
            return Self::Small(commands);
        }
        let mut bytes = Vec::new();
        commands.iter().for_each(|command| command.write(&mut bytes));
        Self::Large(bytes)
    }
}

/// Whether it takes a while to copy them.
pub(super) fn is_large(commands: &[&Command]) -> bool {
    commands.iter().map(|command| command.len()).sum::<usize>() > LARGE
}

impl Outgoing {
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes are to be written.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn add(&mut self, packed: Packed<'_>) {
        let commands = match packed {
            Packed::Large(bytes) => {
                self.len += bytes.len();
                return self.pieces.push_back(bytes);
            }
            Packed::Small(commands) => commands,
        };
        if self.pieces.back().is_none_or(|piece| piece.len() > LARGE) {
            self.pieces.push_back(std::mem::take(&mut self.spare));
        }
        let Some(piece) = self.pieces.back_mut() else { return };
        let before = piece.len();
        commands.iter().for_each(|command| command.write(piece));
        self.len += piece.len() - before;
    }

    /// The piece to write first.
    pub(super) fn first(&self) -> Option<&[u8]> {
        self.pieces.front().map(Vec::as_slice)
    }

    /// The first piece has been written.
    pub(super) fn remove_first(&mut self) {
        let Some(mut piece) = self.pieces.pop_front() else { return };
        self.len -= piece.len();
        if piece.capacity() <= 2 * LARGE {
            piece.clear();
            self.spare = piece;
        }
    }
}
