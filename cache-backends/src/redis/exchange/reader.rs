//! Replies as they come in: where one ends, and what is in it.
//!
//! Where a reply ends is found here, in one pass however many pieces it comes in. What hits and writes are made of is read
//! here too; everything else, once it is here as a whole, by the redis crate's parser.
//!
//! Source: the RESP3 specification (`redis/redis-specifications`, `protocol/RESP3.md`), whose streamed types no server
//! sends.

use std::mem;

use redis::RedisResult;

use super::reply::Reply;

/// Room for what is read at once.
const ROOM: usize = 64 << 10;

/// Less room than this is not read into.
const LITTLE: usize = 4 << 10;

/// What has been read and not been taken yet.
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// The bytes from here to there are the replies.
    begin: usize,
    end: usize,
    /// How much of the first one is known.
    frame: Frame,
}

/// How far a reply has been looked through.
struct Frame {
    /// From its beginning.
    at: usize,
    /// How many values still come, those within others included.
    values: usize,
}

impl Frame {
    const NEW: Self = Self { at: 0, values: 1 };
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { buffer: vec![0; ROOM], begin: 0, end: 0, frame: Frame::NEW }
    }

    /// Where to read to.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.begin == self.end {
            (self.begin, self.end) = (0, 0);
            if self.buffer.len() > ROOM {
                self.buffer = vec![0; ROOM];
            }
        }
        if self.buffer.len() - self.end < LITTLE {
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
            if self.buffer.len() - self.end < LITTLE {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        &mut self.buffer[self.end..]
    }

    /// So many bytes were read.
    pub(super) fn add(&mut self, read: usize) {
        self.end += read;
    }

    /// The next reply that is here as a whole, its bytes in `buffer` if they fit. Behind an error nothing can be read any more.
    pub(super) fn take(&mut self, buffer: Option<&mut Vec<u8>>) -> RedisResult<Option<Reply>> {
        let bytes = &self.buffer[self.begin..self.end];
        if !self.frame.look_through(bytes).ok_or_else(unreadable)? {
            return Ok(None);
        }
        let length = self.frame.at;
        let reply = read(&bytes[..length], buffer)?;
        self.begin += length;
        self.frame = Frame::NEW;
        Ok(Some(reply))
    }

    /// Whether a part of a reply is here, and not of a message.
    pub(super) fn is_within_reply(&self) -> bool {
        self.buffer[self.begin..self.end].first().is_some_and(|kind| *kind != b'>')
    }
}

impl Frame {
    /// Whether the end of the reply that begins `bytes` is there; `None` if it cannot be read.
    fn look_through(&mut self, bytes: &[u8]) -> Option<bool> {
        while self.values > 0 {
            let Some(line) = line(&bytes[self.at..])? else { return Some(false) };
            let next = self.at + line.len() + 2;
            let (end, within) = match line[0] {
                b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => (next, 0),
                b'$' | b'=' | b'!' => match length(line)? {
                    None => (next, 0),
                    Some(length) => (next.checked_add(length)?.checked_add(2)?, 0),
                },
                b'*' | b'~' | b'>' => (next, length(line)?.unwrap_or(0)),
                b'%' => (next, length(line)?.unwrap_or(0).checked_mul(2)?),
                // It stands before the value that it is about.
                b'|' => (next, length(line)?.unwrap_or(0).checked_mul(2)?.checked_add(1)?),
                _ => return None,
            };
            if bytes.len() < end {
                return Some(false);
            }
            if end > next && bytes[end - 2..end] != *b"\r\n" {
                return None;
            }
            self.at = end;
            self.values = (self.values - 1).checked_add(within)?;
        }
        Some(true)
    }
}

/// The first line with its type, without its end; nothing while that is not there, `None` if there is no type.
fn line(bytes: &[u8]) -> Option<Option<&[u8]>> {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\r') else { return Some(None) };
    match bytes.get(end + 1) {
        None => Some(None),
        Some(b'\n') if end > 0 => Some(Some(&bytes[..end])),
        // A carriage return within a text, as no server sends.
        Some(_) => None,
    }
}

/// The number behind a type; nothing where it is negative, which was how there was no value in RESP2.
fn length(line: &[u8]) -> Option<Option<usize>> {
    let digits = match &line[1..] {
        [b'-', b'1'] => return Some(None),
        digits @ [_, ..] => digits,
        [] => return None,
    };
    let mut number = 0_usize;
    for digit in digits {
        let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    Some(Some(number))
}

/// The value of a whole reply.
fn read(reply: &[u8], buffer: Option<&mut Vec<u8>>) -> RedisResult<Reply> {
    match reply {
        b"+OK\r\n" => Ok(Reply::Okay),
        b"_\r\n" | b"$-1\r\n" => Ok(Reply::Nil),
        [b'$', rest @ .., b'\r', b'\n'] => {
            let begin = rest.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            Ok(Reply::Bytes(copied(&rest[begin..], buffer)))
        }
        _ => Ok(Reply::Other(Box::new(redis::parse_redis_value(reply)?))),
    }
}

fn copied(bytes: &[u8], buffer: Option<&mut Vec<u8>>) -> Vec<u8> {
    match buffer {
        Some(buffer) if bytes.len() <= buffer.capacity() => {
            let mut copy = mem::take(buffer);
            copy.extend_from_slice(bytes);
            copy
        }
        _ => bytes.to_vec(),
    }
}

fn unreadable() -> redis::RedisError {
    std::io::Error::new(std::io::ErrorKind::InvalidData, "what answers there does not speak the protocol").into()
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    /// All replies in `bytes`, which come in pieces of this length.
    fn all(bytes: &[u8], piece: usize) -> RedisResult<Vec<Value>> {
        all_into(bytes, piece, None)
    }

    /// The same, where the first value has a buffer.
    fn all_into(bytes: &[u8], piece: usize, mut buffer: Option<&mut Vec<u8>>) -> RedisResult<Vec<Value>> {
        let mut replies = Reader::new();
        let mut found = Vec::new();
        for piece in bytes.chunks(piece) {
            replies.room()[..piece.len()].copy_from_slice(piece);
            replies.add(piece.len());
            while let Some(reply) = replies.take(buffer.as_deref_mut())? {
                found.push(reply.into_value()?);
            }
        }
        assert_eq!(replies.begin, replies.end, "something is left");
        Ok(found)
    }

    const EVERY_TYPE: [&str; 22] = [
        "+OK\r\n",
        "+PONG\r\n",
        "-ERR no\r\n",
        "-WRONGTYPE Operation\r\n",
        ":12\r\n",
        ":-12\r\n",
        "$-1\r\n",
        "$0\r\n\r\n",
        "$5\r\na\r\nbc\r\n",
        "_\r\n",
        ",1.5\r\n",
        "#t\r\n",
        "(12345678901234567890123\r\n",
        "!6\r\nERR no\r\n",
        "=6\r\ntxt:ab\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*3\r\n$1\r\na\r\n*2\r\n:1\r\n_\r\n+b\r\n",
        "%1\r\n+a\r\n*1\r\n:1\r\n",
        "~2\r\n:1\r\n:2\r\n",
        "|1\r\n+a\r\n+b\r\n:3\r\n",
        ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
    ];

    #[test]
    fn replies_are_those_of_the_crates_parser_in_whatever_pieces_they_come() {
        let expected: Vec<Value> =
            EVERY_TYPE.iter().map(|reply| redis::parse_redis_value(reply.as_bytes()).expect(reply)).collect();
        let bytes = EVERY_TYPE.concat();
        for piece in 1..=bytes.len() {
            assert_eq!(all(bytes.as_bytes(), piece).unwrap(), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_value_larger_than_the_room_is_read_as_a_whole_and_the_room_given_back() {
        let value = vec![b'x'; 5 * ROOM];
        let reply = [format!("${}\r\n", value.len()).as_bytes(), &value, b"\r\n+OK\r\n"].concat();
        let mut replies = Reader::new();
        let mut found = Vec::new();
        let mut rest = &reply[..];
        while !rest.is_empty() {
            let room = replies.room();
            let read = room.len().min(rest.len());
            room[..read].copy_from_slice(&rest[..read]);
            rest = &rest[read..];
            replies.add(read);
            while let Some(reply) = replies.take(None).unwrap() {
                found.push(reply.into_value().unwrap());
            }
        }
        assert_eq!(found, [Value::BulkString(value), Value::Okay]);
        assert_eq!(replies.room().len(), ROOM);
    }

    #[test]
    fn a_value_is_whole_whatever_buffer_is_there_for_it() {
        const LENGTHS: [usize; 9] = [0, 1, 4, 63, 64, 65, 1_023, 1_024, 1_025];
        for (length, capacity) in LENGTHS.iter().flat_map(|length| LENGTHS.map(|capacity| (*length, capacity))) {
            let value = vec![b'x'; length];
            let message = b">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n";
            let bytes = [&message[..], format!("${length}\r\n").as_bytes(), &value, b"\r\n$-1\r\n"].concat();
            let found = all_into(&bytes, 3, Some(&mut Vec::with_capacity(capacity))).unwrap();
            assert_eq!(found[1..], [Value::BulkString(value), Value::Nil], "{length} bytes, room for {capacity}");
        }
    }

    #[test]
    fn what_is_no_reply_is_an_error_and_no_panic() {
        for bad in [
            "HTTP/1.1 400 Bad Request\r\n",
            "$x\r\n",
            "$\r\n",
            "$-2\r\n",
            "$99999999999999999999999\r\n",
            "*18446744073709551615\r\n*18446744073709551615\r\n",
            "%9223372036854775808\r\n",
            "$1\r\nab\r\n",
            "\r\n",
            "+a\rb\r\n",
            ":x\r\n",
        ] {
            assert!(all(bad.as_bytes(), bad.len()).is_err(), "{bad:?}");
        }
        let deep = "*1\r\n".repeat(10_000) + ":1\r\n";
        assert!(all(deep.as_bytes(), deep.len()).is_err());
    }
}
