//! A command, as it is sent: an array of strings.

use std::ops::Range;

/// The least room of one, which is enough for most looks and writes. So they are pieces of one size to the allocator: what one gives
/// back is what the next needs.
const SMALL: usize = 312;

/// A command and its arguments. It has no `Debug`: one of them may be a password.
#[derive(Clone)]
pub(in crate::redis) struct Command {
    /// The strings, one behind the other, as they are sent.
    bytes: Vec<u8>,
    strings: usize,
    /// Where the first argument is, which is the key in commands that have one there.
    key: Range<usize>,
    asks_for_value: bool,
}

impl Command {
    /// The command of this name.
    pub(in crate::redis) fn new(name: &str) -> Self {
        Self::with_room(name, 0)
    }

    /// The same, with room for so many bytes of arguments.
    pub(in crate::redis) fn with_room(name: &str, room: usize) -> Self {
        let mut command =
            Self { bytes: Vec::with_capacity((48 + room).max(SMALL)), strings: 0, key: 0..0, asks_for_value: false };
        command.push(name.as_bytes());
        command
    }

    /// Says that its reply is the value of an entry, for which a buffer is had beforehand.
    pub(in crate::redis) const fn asking_for_value(mut self) -> Self {
        self.asks_for_value = true;
        self
    }

    pub(super) const fn asks_for_value(&self) -> bool {
        self.asks_for_value
    }

    /// With one argument more.
    pub(in crate::redis) fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.push(argument.as_ref());
        self
    }

    /// The same where it is: handing a command on again and again costs more than adding to it.
    pub(in crate::redis) fn push(&mut self, argument: &[u8]) {
        add_number(&mut self.bytes, b'$', argument.len());
        self.bytes.extend_from_slice(argument);
        self.end_string(argument.len());
    }

    /// With one argument more, which `write` appends to what it is given.
    pub(in crate::redis) fn push_by(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let header = self.bytes.len();
        // How long it is, is known behind it only. Two digits, which most have, are corrected then.
        add_number(&mut self.bytes, b'$', 10);
        let begins = self.bytes.len();
        write(&mut self.bytes);
        let length = self.bytes.len() - begins;
        if (10..100).contains(&length) {
            self.bytes[header + 1..header + 3].copy_from_slice(&[digit(length / 10), digit(length % 10)]);
        } else {
            let mut other = Vec::new();
            add_number(&mut other, b'$', length);
            self.bytes.splice(header..begins, other);
        }
        self.end_string(length);
    }

    /// Ends a string of so many bytes.
    fn end_string(&mut self, length: usize) {
        if self.strings == 1 {
            self.key = self.bytes.len() - length..self.bytes.len();
        }
        self.bytes.extend_from_slice(b"\r\n");
        self.strings += 1;
    }

    /// The first argument, which is the key in commands that have one there; nothing where there is none.
    pub(in crate::redis) fn key(&self) -> &[u8] {
        &self.bytes[self.key.clone()]
    }

    /// With these arguments too.
    pub(in crate::redis) fn args(self, arguments: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// With a number as one argument more.
    pub(in crate::redis) fn number(self, number: impl itoa::Integer) -> Self {
        self.arg(itoa::Buffer::new().format(number))
    }

    /// How many bytes it has, but for the few that are in front of the array.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Writes it behind `out`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        add_number(out, b'*', self.strings);
        out.extend_from_slice(&self.bytes);
    }
}

fn add_number(bytes: &mut Vec<u8>, kind: u8, number: usize) {
    // In one piece, for what most strings are as long as.
    match number {
        0..10 => bytes.extend_from_slice(&[kind, digit(number), b'\r', b'\n']),
        10..100 => bytes.extend_from_slice(&[kind, digit(number / 10), digit(number % 10), b'\r', b'\n']),
        _ => {
            bytes.push(kind);
            bytes.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
    }
}

/// The digit of a number below ten.
const fn digit(number: usize) -> u8 {
    b'0' + number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_sent_as_an_array_of_strings() {
        let command = Command::new("SET").arg("k").arg(b"a\r\nb").args(["PX"]).number(-12_i64);
        let mut out = b"before".to_vec();
        command.write(&mut out);
        assert_eq!(command.key(), b"k");
        assert_eq!(out, b"before*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n$2\r\nPX\r\n$3\r\n-12\r\n");
    }

    #[test]
    fn an_argument_is_the_same_one_where_its_length_is_known_behind_it() {
        for length in [0, 1, 9, 10, 63, 99, 100, 12_345] {
            let argument = vec![b'a'; length];
            let (pushed, mut written) = (Command::new("GET").arg(&argument), Command::new("GET"));
            written.push_by(|out| out.extend_from_slice(&argument));
            assert_eq!(pushed.arg("b").bytes, written.clone().arg("b").bytes);
            assert_eq!(written.key(), argument);
        }
        assert!(Command::new("PING").key().is_empty());
    }
}
