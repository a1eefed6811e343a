//! A command, as it is sent: an array of strings.

/// A command and its arguments. It has no `Debug`: one of them may be a password.
#[derive(Clone)]
pub(in crate::redis) struct Command {
    /// The strings, one behind the other, as they are sent.
    bytes: Vec<u8>,
    strings: usize,
    asks_for_value: bool,
}

impl Command {
    /// The command of this name.
    pub(in crate::redis) fn new(name: &str) -> Self {
        Self::with_room(name, 0)
    }

    /// The same, with room for so many bytes of arguments.
    pub(in crate::redis) fn with_room(name: &str, room: usize) -> Self {
        let mut bytes = Vec::with_capacity(64 + room);
        add(&mut bytes, name.as_bytes());
        Self { bytes, strings: 1, asks_for_value: false }
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
        add(&mut self.bytes, argument);
        self.strings += 1;
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

fn add(bytes: &mut Vec<u8>, string: &[u8]) {
    add_number(bytes, b'$', string.len());
    bytes.extend_from_slice(string);
    bytes.extend_from_slice(b"\r\n");
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
        assert_eq!(out, b"before*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n$2\r\nPX\r\n$3\r\n-12\r\n");
    }
}
