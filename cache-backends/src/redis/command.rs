//! The commands that are sent, and what is made of the replies.
//!
//! A reply that is not what the command gives is an error, or an empty slot where someone else's key of another type
//! is in it; it never ends the process.

use std::time::Duration;

use cache_core::Life;
use redis::{RedisError, Value};

use super::exchange::{Command, Reply};
use super::scripts::{LEAD, LEAD_HASH, PROLONG, RENEW_LOCK, REPLACE, REPLACE_HASH, UNLINK_ENTRIES, UNLOCK, script};

/// Begins what [`super::Redis`] writes to invalidate a key, so that a sweep can tell it from an entry and leaves it:
/// a tombstone that disappeared would let a run that began before the invalidation store what it read. It is taken
/// off again when the slot is read.
pub(super) const TOMBSTONE: &[u8; 16] = b"\0larder:tombs:1\0";

/// What a conditional write compares and writes.
#[derive(Clone)]
pub(super) struct Replacement<'a> {
    pub(super) key: &'a [u8],
    /// The length and first bytes that were seen; `None` for an empty slot.
    pub(super) seen: Option<(usize, &'a [u8])>,
    /// The key of an epoch, and the bytes that it has to hold.
    pub(super) epoch: Option<(Vec<u8>, [u8; 16])>,
    /// The new bytes and their life; `None` empties the slot.
    pub(super) write: Option<(&'a [u8], Life)>,
}

impl Replacement<'_> {
    /// The command that runs it; with its text if the server does not know the script yet.
    pub(super) fn command(&self, with_text: bool) -> Command {
        let (epoch_key, epoch) = self.epoch.as_ref().map(|(key, number)| (key, &number[..])).unzip();
        let (bytes, life) = match self.write {
            Some((bytes, life)) => (bytes, life.millis().map_or(-1, to_signed)),
            None => (&[][..], 0),
        };
        script(REPLACE, &REPLACE_HASH, with_text)
            .number(1 + usize::from(self.epoch.is_some()))
            .arg(self.key)
            .args(epoch_key)
            .args(seen(self.seen))
            .arg(epoch.unwrap_or_default())
            .number(life)
            .arg(TOMBSTONE)
            .arg(bytes)
    }
}

/// What asks for the right to run.
pub(super) struct Leading<'a> {
    pub(super) slot: &'a [u8],
    pub(super) lock: &'a [u8],
    /// As in [`Replacement`].
    pub(super) seen: Option<(usize, &'a [u8])>,
    pub(super) token: &'a [u8],
    pub(super) lasts: Duration,
}

impl Leading<'_> {
    /// See [`Replacement::command`].
    pub(super) fn command(&self, with_text: bool) -> Command {
        script(LEAD, &LEAD_HASH, with_text)
            .number(2)
            .arg(self.slot)
            .arg(self.lock)
            .args(seen(self.seen))
            .arg(TOMBSTONE)
            .arg(self.token)
            .number(millis(self.lasts))
    }
}

/// Has a lock last for longer, if it is still this token's.
pub(super) fn renew_lock(lock: &[u8], token: &[u8], lasts: Duration) -> Command {
    on("EVAL", RENEW_LOCK).number(1).arg(lock).arg(token).number(millis(lasts))
}

/// Gives a lock back, if it is still this token's.
pub(super) fn unlock(lock: &[u8], token: &[u8]) -> Command {
    on("EVAL", UNLOCK).number(1).arg(lock).arg(token)
}

/// What was seen, as the scripts take it.
fn seen(seen: Option<(usize, &[u8])>) -> [Vec<u8>; 2] {
    seen.map_or_else(Default::default, |(length, head)| [length.to_string().into_bytes(), head.to_vec()])
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `CLIENT TRACKING` of what is under these prefixes. Writes of this connection are told too: a caller that gave up on
/// its write has no reply to learn of it from.
pub(super) fn track(prefixes: &[Vec<u8>]) -> Command {
    let prefixes = prefixes.iter().flat_map(|prefix| [b"PREFIX", &prefix[..]]);
    Command::new("CLIENT").args(["TRACKING", "ON", "BCAST"]).args(prefixes)
}

/// `SET`, with the end of a life that has one.
pub(super) fn set(key: &[u8], bytes: &[u8], life: Life, absent: bool) -> Command {
    let mut command = Command::with_room("SET", key.len() + bytes.len());
    command.push(key);
    end_set(&mut command, bytes, life, absent);
    command
}

/// What stands behind the key of a [`set`].
pub(super) fn end_set(command: &mut Command, bytes: &[u8], life: Life, absent: bool) {
    command.push(bytes);
    if absent {
        command.push(b"NX");
    }
    if let Some(millis) = life.millis() {
        command.push(b"PX");
        command.push(itoa::Buffer::new().format(millis).as_bytes());
    }
}

/// A command with one key.
pub(super) fn on(name: &str, key: impl AsRef<[u8]>) -> Command {
    let key = key.as_ref();
    let mut command = Command::with_room(name, key.len());
    command.push(key);
    command
}

/// Reads what is in `key`.
pub(super) fn get(key: impl AsRef<[u8]>) -> Command {
    on("GET", key).asking_for_value()
}

/// Makes what is in `key` live for `life` at least.
pub(super) fn prolong(key: &[u8], life: Life) -> Command {
    match life.millis() {
        Some(millis) => on("EVAL", PROLONG).number(1).arg(key).number(millis),
        None => on("PERSIST", key),
    }
}

/// One step through the keys that match `glob`.
pub(super) fn scan(cursor: &[u8], glob: &str) -> Command {
    on("SCAN", cursor).args(["MATCH", glob, "COUNT"]).number(1_000)
}

/// Unlinks those of `keys` that hold an entry.
pub(super) fn unlink_entries(keys: &[Vec<u8>]) -> Command {
    on("EVAL", UNLINK_ENTRIES).number(keys.len()).args(keys).arg(TOMBSTONE)
}

/// What a slot holds, from the reply of `GET` or one of `MGET`.
pub(super) fn held(reply: impl Into<Reply>) -> Result<Option<Vec<u8>>, RedisError> {
    match reply.into() {
        Reply::Bytes(bytes) => Ok(Some(bytes)),
        Reply::Nil => Ok(None),
        reply => match reply.into_value()? {
            Value::ServerError(error) if error.code() != "WRONGTYPE" => Err(error.into()),
            _ => Ok(None),
        },
    }
}

/// The elements of an array, `expected` of them.
pub(super) fn array(reply: Value, expected: usize) -> Result<Vec<Value>, RedisError> {
    match reply {
        Value::Array(values) if values.len() == expected => Ok(values),
        Value::ServerError(error) => Err(error.into()),
        other => Err(unexpected(&other)),
    }
}

/// Nothing, unless the server refused.
pub(super) fn done(reply: Value) -> Result<(), RedisError> {
    match reply {
        Value::ServerError(error) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether a conditional write happened: `OK` or 1, or else nil or 0.
pub(super) fn happened(reply: impl Into<Reply>) -> Result<bool, RedisError> {
    match reply.into() {
        Reply::Okay => Ok(true),
        Reply::Nil => Ok(false),
        reply => match reply.into_value()? {
            Value::Int(count) => Ok(count != 0),
            Value::ServerError(error) => Err(error.into()),
            other => Err(unexpected(&other)),
        },
    }
}

/// An error about a reply that the command does not give. Its contents are not shown: they may be a caller's value.
pub(super) fn unexpected(reply: &Value) -> RedisError {
    let kind = match reply {
        Value::Nil => "nil",
        Value::Int(_) => "an integer",
        Value::BulkString(_) => "bytes",
        Value::Array(_) => "an array of another length",
        _ => "another type",
    };
    (redis::ErrorKind::UnexpectedReturnType, "the server's reply is not of this command", kind.to_owned()).into()
}

/// Whether the server has to be sent the script's text.
pub(super) fn wants_text(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(error) if error.code() == "NOSCRIPT")
}

/// Whether the server refused a write because it is a replica. Before Redis 7, scripts say so in words.
pub(super) fn is_of_replica(reply: &Value) -> bool {
    let Value::ServerError(error) = reply else { return false };
    error.code() == "READONLY" || error.details().is_some_and(|details| details.contains("-READONLY"))
}

/// What failed, and what to do about it.
pub(super) fn explain(error: &RedisError) -> String {
    if error.is_io_error() || error.is_connection_dropped() {
        return format!("the connection was lost before the answer came ({error}); it is made again, try again");
    }
    let hint = match error.code() {
        Some("OOM") => "; the server's memory is full: set its `maxmemory-policy` to `allkeys-lru`, or give it more",
        Some("NOPERM") => "; allow larder's user this command and its keys in the server's ACL",
        Some("NOAUTH") => "; add `.password(..)` to the handler",
        Some("READONLY") => "; this server is a replica: connect to its primary, e.g. by `.sentinel(..)`",
        Some("MISCONF") => "; the server cannot save to its disk and refuses writes: see its log",
        Some("MOVED" | "ASK" | "CROSSSLOT") => {
            "; this server is part of a cluster: name its servers by `.cluster([..])`"
        }
        Some("TRYAGAIN") => "; a slot of the cluster is being moved: try again when that is done",
        Some("CLUSTERDOWN") => "; not all slots of the cluster have a server: see `CLUSTER INFO`",
        Some("LOADING" | "BUSY") => "; try again when the server is ready",
        _ => "",
    };
    format!("{error}{hint}")
}

/// Milliseconds as the script takes them. A [`Life`] with an end is below this bound.
fn to_signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}
