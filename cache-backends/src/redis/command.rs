//! The commands and scripts that are sent, and what is made of the replies.
//!
//! A reply that is not what the command gives is an error, or an empty slot where someone else's key of another type
//! is in it; it never ends the process.

use std::sync::LazyLock;
use std::time::Duration;

use cache_core::{Life, Stored};
use redis::{Cmd, RedisError, Script, ToRedisArgs, Value, cmd};

/// Begins what [`super::Redis`] writes to invalidate a key, so that a sweep can tell it from an entry and leaves it:
/// a tombstone that disappeared would let a run that began before the invalidation store what it read. It is taken
/// off again when the slot is read.
pub(super) const TOMBSTONE: &[u8; 16] = b"\0larder:tombs:1\0";

/// A function of scripts: whether the slot holds what was seen, by the length that was seen (empty for nothing) and the first
/// bytes. `tomb` is what begins a tombstone.
macro_rules! with_holds {
    ($script:literal) => {
        concat!(
            r"
local function holds(key, length, head, tomb)
  local found = redis.pcall('GETRANGE', key, 0, 79)
  if type(found) ~= 'string' then return false end
  if length == '' then return redis.call('EXISTS', key) == 0 end
  local long = redis.call('STRLEN', key)
  if long == 0 and redis.call('EXISTS', key) == 0 then return false end
  if string.sub(found, 1, 16) == tomb then
    found = string.sub(found, 17)
    long = long - 16
  end
  return long == tonumber(length) and string.sub(found, 1, 64) == head
end
",
            $script
        )
    };
}

/// Writes or empties the slot `KEYS[1]` if it holds what was seen and the epoch `KEYS[2]`, if given, is `ARGV[3]`.
///
/// `ARGV`: the length that was seen (empty for nothing), the first bytes, the epoch, the life (`0` empties the slot,
/// `-1` has no end), what begins a tombstone, the new bytes.
const REPLACE: &str = with_holds!(
    r"
if not holds(KEYS[1], ARGV[1], ARGV[2], ARGV[5]) then return 0 end
if KEYS[2] and redis.pcall('GET', KEYS[2]) ~= ARGV[3] then return 0 end
if ARGV[4] == '0' then
  redis.call('UNLINK', KEYS[1])
elseif ARGV[4] == '-1' then
  redis.call('SET', KEYS[1], ARGV[6])
else
  redis.call('SET', KEYS[1], ARGV[6], 'PX', ARGV[4])
end
return 1
"
);

/// Takes the lock `KEYS[2]` if the slot `KEYS[1]` holds what was seen: gives 0 if it does not, -2 if nothing can be stored there
/// (it is someone else's key of another type), -1 for the lock, or else how long another one has it.
///
/// `ARGV`: the length that was seen, the first bytes, what begins a tombstone, the token, how long it lasts.
const LEAD: &str = with_holds!(
    r"
if not holds(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then
  if type(redis.pcall('GETRANGE', KEYS[1], 0, 0)) ~= 'string' then return -2 end
  return 0
end
if redis.call('SET', KEYS[2], ARGV[4], 'NX', 'PX', ARGV[5]) then return -1 end
local left = redis.call('PTTL', KEYS[2])
if left < 1 then return 1 end
return left
"
);

/// The name that the server gives to [`LEAD`] once it has run it.
static LEAD_HASH: LazyLock<String> = LazyLock::new(|| Script::new(LEAD).get_hash().to_owned());

/// Has the lock `KEYS[1]` last for `ARGV[2]` milliseconds from now on, if its token is `ARGV[1]`.
const RENEW_LOCK: &str = r"
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
";

/// Gives the lock `KEYS[1]` back, if its token is `ARGV[1]`.
const UNLOCK: &str = r"
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
";

/// The name that the server gives to [`REPLACE`] once it has run it.
static REPLACE_HASH: LazyLock<String> = LazyLock::new(|| Script::new(REPLACE).get_hash().to_owned());

/// Unlinks those of `KEYS` that hold an entry: not a tombstone (`ARGV[1]` begins it), nothing of another type.
const UNLINK_ENTRIES: &str = r"
for _, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 15)
  if type(head) == 'string' and head ~= ARGV[1] then redis.call('UNLINK', key) end
end
return 1
";

/// Makes `KEYS[1]` live for `ARGV[1]` milliseconds at least: `PEXPIRE … GT`, which servers before Redis 7 do not have.
const PROLONG: &str = r"
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
";

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
    pub(super) fn command(&self, with_text: bool) -> Cmd {
        let mut command = script(REPLACE, &REPLACE_HASH, with_text);
        command.arg(1 + usize::from(self.epoch.is_some())).arg(self.key);
        if let Some((key, _)) = &self.epoch {
            command.arg(key);
        }
        add_seen(&mut command, self.seen);
        command.arg(self.epoch.as_ref().map_or(&[][..], |(_, number)| number));
        match self.write {
            Some((_, life)) => command.arg(life.millis().map_or(-1, to_signed)),
            None => command.arg(0),
        };
        command.arg(TOMBSTONE).arg(self.write.map_or(&[][..], |(bytes, _)| bytes));
        command
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
    pub(super) fn command(&self, with_text: bool) -> Cmd {
        let mut command = script(LEAD, &LEAD_HASH, with_text);
        command.arg(2).arg(self.slot).arg(self.lock);
        add_seen(&mut command, self.seen);
        command.arg(TOMBSTONE).arg(self.token).arg(millis(self.lasts));
        command
    }
}

/// Has a lock last for longer, if it is still this token's.
pub(super) fn renew_lock(lock: &[u8], token: &[u8], lasts: Duration) -> Cmd {
    let mut command = on("EVAL", RENEW_LOCK);
    command.arg(1).arg(lock).arg(token).arg(millis(lasts));
    command
}

/// Gives a lock back, if it is still this token's.
pub(super) fn unlock(lock: &[u8], token: &[u8]) -> Cmd {
    let mut command = on("EVAL", UNLOCK);
    command.arg(1).arg(lock).arg(token);
    command
}

/// Begins the command that runs a script.
fn script(text: &str, hash: &LazyLock<String>, with_text: bool) -> Cmd {
    if with_text { on("EVAL", text) } else { on("EVALSHA", hash.as_str()) }
}

fn add_seen(command: &mut Cmd, seen: Option<(usize, &[u8])>) {
    match seen {
        Some((length, head)) => command.arg(length).arg(head),
        None => command.arg("").arg(""),
    };
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `CLIENT TRACKING` of what is under these prefixes. Writes of this connection are told too: a caller that gave up on
/// its write has no reply to learn of it from.
pub(super) fn track(prefixes: &[Vec<u8>]) -> Cmd {
    let mut command = cmd("CLIENT");
    command.arg("TRACKING").arg("ON").arg("BCAST");
    for prefix in prefixes {
        command.arg("PREFIX").arg(prefix);
    }
    command
}

/// `SET`, with the end of a life that has one.
pub(super) fn set(key: &[u8], bytes: impl ToRedisArgs, life: Life, absent: bool) -> Cmd {
    let mut command = cmd("SET");
    command.arg(key).arg(bytes);
    if absent {
        command.arg("NX");
    }
    if let Some(millis) = life.millis() {
        command.arg("PX").arg(millis);
    }
    command
}

/// A command with one key.
pub(super) fn on(name: &str, key: impl ToRedisArgs) -> Cmd {
    let mut command = cmd(name);
    command.arg(key);
    command
}

/// Makes what is in `key` live for `life` at least.
pub(super) fn prolong(key: &[u8], life: Life) -> Cmd {
    match life.millis() {
        Some(millis) => {
            let mut command = on("EVAL", PROLONG);
            command.arg(1).arg(key).arg(millis);
            command
        }
        None => on("PERSIST", key),
    }
}

/// One step through the keys that match `glob`.
pub(super) fn scan(cursor: &[u8], glob: &str) -> Cmd {
    let mut command = on("SCAN", cursor);
    command.arg("MATCH").arg(glob).arg("COUNT").arg(1_000);
    command
}

/// Unlinks those of `keys` that hold an entry.
pub(super) fn unlink_entries(keys: &[Vec<u8>]) -> Cmd {
    let mut command = on("EVAL", UNLINK_ENTRIES);
    command.arg(keys.len()).arg(keys).arg(TOMBSTONE);
    command
}

/// What a slot holds, from the reply of `GET` or one of `MGET`.
pub(super) fn held(reply: Value) -> Result<Option<Vec<u8>>, RedisError> {
    match reply {
        Value::BulkString(bytes) => Ok(Some(bytes)),
        Value::ServerError(error) if error.code() != "WRONGTYPE" => Err(error.into()),
        _ => Ok(None),
    }
}

/// What a slot of an entry holds.
pub(super) fn stored(reply: Value) -> Result<Option<Stored>, RedisError> {
    Ok(held(reply)?.map(|mut bytes| {
        if bytes.starts_with(TOMBSTONE) {
            bytes.drain(..TOMBSTONE.len());
        }
        Stored::Bytes(bytes)
    }))
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
pub(super) fn happened(reply: Value) -> Result<bool, RedisError> {
    match reply {
        Value::Okay => Ok(true),
        Value::Nil => Ok(false),
        Value::Int(count) => Ok(count != 0),
        Value::ServerError(error) => Err(error.into()),
        other => Err(unexpected(&other)),
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
