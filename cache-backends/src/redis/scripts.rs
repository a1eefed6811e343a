//! The scripts that are sent, for what has to be one step and is no single command. None runs for a hit.

use std::sync::LazyLock;

use redis::Script;

use super::command::on;
use super::exchange::Command;

/// Begins the command that runs a script.
pub(super) fn script(text: &str, hash: &LazyLock<String>, with_text: bool) -> Command {
    if with_text { on("EVAL", text) } else { on("EVALSHA", hash.as_bytes()) }
}

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
pub(super) const REPLACE: &str = with_holds!(
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
pub(super) const LEAD: &str = with_holds!(
    r"
if not holds(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then
  if type(redis.pcall('GETRANGE', KEYS[1], 0, 0)) ~= 'string' then return -2 end
  return 0
end
if redis.call('SET', KEYS[2], ARGV[4], 'NX', 'PX', ARGV[5]) then return -1 end
local left = redis.call('PTTL', KEYS[2])
if left == -1 then return tonumber(ARGV[5]) end
if left < 1 then return 1 end
return left
"
);

/// The name that the server gives to [`LEAD`] once it has run it.
pub(super) static LEAD_HASH: LazyLock<String> = LazyLock::new(|| Script::new(LEAD).get_hash().to_owned());

/// Has the lock `KEYS[1]` last for `ARGV[2]` milliseconds from now on, if its token is `ARGV[1]`.
pub(super) const RENEW_LOCK: &str = r"
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
";

/// Gives the lock `KEYS[1]` back, if its token is `ARGV[1]`.
pub(super) const UNLOCK: &str = r"
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
";

/// The name that the server gives to [`REPLACE`] once it has run it.
pub(super) static REPLACE_HASH: LazyLock<String> = LazyLock::new(|| Script::new(REPLACE).get_hash().to_owned());

/// Unlinks those of `KEYS` that hold an entry: not a tombstone (`ARGV[1]` begins it), nothing of another type.
pub(super) const UNLINK_ENTRIES: &str = r"
for _, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 15)
  if type(head) == 'string' and head ~= ARGV[1] then redis.call('UNLINK', key) end
end
return 1
";

/// Makes `KEYS[1]` live for `ARGV[1]` milliseconds at least: `PEXPIRE … GT`, which servers before Redis 7 do not have.
pub(super) const PROLONG: &str = r"
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
";
