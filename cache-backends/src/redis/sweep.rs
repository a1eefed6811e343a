//! Removing many keys: a cursor over the database, and `UNLINK` of what is ours, a batch at a time.
//!
//! A sweep runs on the handler's thread and ends with the handler or the connection. One that gives back room goes on when its
//! caller leaves; one for a pattern does not, since it is owed then and made again. It removes entries only, never
//! tombstones: those of invalidations that come while it runs still have runs to stop. What it removes is a miss already, or is to become one, so what it leaves behind after a failure
//! costs room until its life ends, and nothing else.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{BackendError, Pattern};
use redis::Value;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::backend::Redis;
use super::cluster::{Survey, slot};
use super::command;
use super::connect::Target;
use super::exchange::Replies;
use super::link::Link;
use super::servers::{Failure, Routed, Servers, all_of};

/// How many keys one script looks at: few enough that nobody else waits for it.
const BATCH: usize = 250;

/// How long a caller waits for the room of all entries to be given back, before the rest is done behind it.
const MOMENT: Duration = Duration::from_millis(100);

/// More `*` than this are not given to the server, whose own matching takes exponential time in some releases.
const MOST_STARS: usize = 3;

/// Removes the entries whose subject matches, on all servers.
pub(super) async fn matching(redis: &Redis, pattern: &Pattern) -> Result<(), BackendError> {
    const OPERATION: &str = "clear by pattern";
    // A response's slot goes on behind its subject.
    let glob = format!("{}[kfh]:*{}*", escape(&redis.target.prefix), widen(&pattern.to_glob()));
    let before = survey(redis, OPERATION).await?;
    let swept = pass(redis, OPERATION, &before, &glob, pattern).await;
    let after = survey(redis, OPERATION).await?;
    if swept.is_ok() && before.stood_until(&after) {
        return Ok(());
    }
    // A key that moved from a server that was not swept to there yet to one that was already is missed by one pass, and not by
    // the one after that. A server that left meanwhile is not asked any more.
    pass(redis, OPERATION, &after, &glob, pattern).await
}

async fn survey(redis: &Redis, operation: &str) -> Result<Survey, BackendError> {
    redis.servers.survey().await.map_err(|failure| redis.target.failed(operation, &failure))
}

/// Goes once through all servers.
async fn pass(
    redis: &Redis,
    operation: &'static str,
    servers: &Survey,
    glob: &str,
    pattern: &Pattern,
) -> Result<(), BackendError> {
    // Dropped, it ends what is in it.
    let mut sweeps = JoinSet::new();
    for sweep in servers.links.iter().map(|link| Sweep::over(redis, Arc::clone(link), glob)) {
        let (pattern, runtime) = (pattern.clone(), sweep.link.runtime.clone());
        let swept = async move {
            let keep = |text: &str| is_entry(text) && Key::subject_of(text).is_some_and(|it| pattern.matches(it));
            sweep.run(keep).await.map_err(|failure| sweep.target.failed(operation, &failure))
        };
        sweeps.spawn_on(swept, &runtime);
    }
    while let Some(swept) = sweeps.join_next().await {
        swept.unwrap_or_else(|_| Err(redis.target.error(operation, "the handler was dropped meanwhile")))?;
    }
    Ok(())
}

/// Removes all entries and locks, on all servers.
pub(super) async fn everything(redis: &Redis) -> Result<(), BackendError> {
    const OPERATION: &str = "reclaim";
    let glob = format!("{}[kfhl]:*", escape(&redis.target.prefix));
    let mut sweeps = Vec::new();
    for sweep in Sweep::all(redis, OPERATION, &glob).await? {
        let (sender, done) = oneshot::channel();
        sweep.link.runtime.clone().spawn(async move {
            let mut sweeping = std::pin::pin!(sweep.run(is_ours));
            let in_a_moment = tokio::time::timeout(MOMENT, sweeping.as_mut()).await;
            let failed = |failure| sweep.target.failed(OPERATION, &failure);
            match in_a_moment {
                Ok(swept) => drop(sender.send(swept.map_err(failed))),
                Err(_) => {
                    drop(sender.send(Ok(())));
                    if let Err(error) = sweeping.await.map_err(failed) {
                        log::warn!("{error}; entries that were cleared stay until their lives end");
                    }
                }
            }
        });
        sweeps.push(done);
    }
    for swept in sweeps {
        swept.await.unwrap_or_else(|_| Err(redis.target.error(OPERATION, "the handler was dropped meanwhile")))?;
    }
    Ok(())
}

/// Where a sweep goes.
struct Sweep {
    link: Arc<Link>,
    /// Those of the handler, which does not live on for it.
    servers: Weak<Servers>,
    is_one: bool,
    target: Arc<Target>,
    glob: String,
}

impl Sweep {
    /// One for each server.
    async fn all(redis: &Redis, operation: &str, glob: &str) -> Result<Vec<Self>, BackendError> {
        let links = redis.servers.all().await.map_err(|failure| redis.target.failed(operation, &failure))?;
        Ok(links.into_iter().map(|link| Self::over(redis, link, glob)).collect())
    }

    fn over(redis: &Redis, link: Arc<Link>, glob: &str) -> Self {
        let (servers, target) = (Arc::downgrade(&redis.servers), Arc::clone(&redis.target));
        Self { link, servers, is_one: redis.servers.is_one(), target, glob: glob.to_owned() }
    }

    /// Removes the entries among the keys that match and whose slot `takes` takes. One server removes a batch in the round trip
    /// that gets the next keys.
    async fn run(&self, takes: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let mut cursor = b"0".to_vec();
        let mut found: Vec<Vec<u8>> = Vec::new();
        loop {
            let scan = command::scan(&cursor, &self.glob);
            let scanned = if self.is_one {
                let unlinks = found.chunks(BATCH).map(|keys| Routed::new(&keys[0], command::unlink_entries(keys)));
                let commands: Vec<Routed> = unlinks.chain([Routed::new(&[], scan)]).collect();
                let mut replies = self.link.requests(&all_of(&commands)).await?;
                let scanned = replies.pop().unwrap_or(Value::Nil);
                replies.into_iter().try_for_each(command::done)?;
                scanned
            } else {
                self.unlink(std::mem::take(&mut found)).await?;
                self.link.request(&scan).await?
            };
            let mut parts = command::array(scanned, 2)?.into_iter();
            let (Some(Value::BulkString(next)), Some(Value::Array(keys))) = (parts.next(), parts.next()) else {
                return Err(command::unexpected(&Value::Nil).into());
            };
            let ours = keys.into_iter().filter_map(|key| match key {
                Value::BulkString(key) => ours(&key, &self.target.prefix).is_some_and(&takes).then_some(key),
                _ => None,
            });
            found = ours.collect();
            if next == b"0" {
                return self.unlink(found).await;
            }
            cursor = next;
        }
    }

    /// Removes those of `keys` that hold an entry. A script takes keys of one hash slot where there is a cluster.
    async fn unlink(&self, mut keys: Vec<Vec<u8>>) -> Result<(), Failure> {
        if keys.is_empty() {
            return Ok(());
        }
        if !self.is_one {
            keys.sort_by_cached_key(|key| slot(key));
        }
        let together = |one: &Vec<u8>, other: &Vec<u8>| self.is_one || slot(one) == slot(other);
        let batches = keys.chunk_by(together).flat_map(|keys| keys.chunks(BATCH));
        let commands: Vec<Routed> =
            batches.map(|batch| Routed::new(&batch[0], command::unlink_entries(batch))).collect();
        let replies = self.send(&commands).await?;
        if replies.iter().any(is_half_moved) {
            // Scripts of several keys wait until the slot has moved; a key by itself is here or there.
            let each = keys.iter().map(|key| Routed::new(key, command::unlink_entries(std::slice::from_ref(key))));
            let replies = self.send(&each.collect::<Vec<_>>()).await?;
            return Ok(replies.into_iter().try_for_each(command::done)?);
        }
        Ok(replies.into_iter().try_for_each(command::done)?)
    }

    /// The replies to `commands`. A handler of one server ends meanwhile if it is dropped, that of a cluster when they are here.
    async fn send(&self, commands: &[Routed]) -> Result<Replies, Failure> {
        if self.is_one {
            return Ok(self.link.requests(&all_of(commands)).await?);
        }
        match self.servers.upgrade() {
            Some(servers) => servers.requests(commands).await,
            None => Err(Failure::Away("the handler was dropped meanwhile".into())),
        }
    }
}

/// Whether the keys of a command are on two servers, since their slot is on its way.
fn is_half_moved(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(error) if error.code() == "TRYAGAIN")
}

/// The slot that `key` is, if it can be one of larder's: they are all UTF-8.
fn ours<'a>(key: &'a [u8], prefix: &str) -> Option<&'a str> {
    std::str::from_utf8(key.strip_prefix(prefix.as_bytes())?).ok()
}

/// Whether `text` is the slot of an entry or a lock.
fn is_ours(text: &str) -> bool {
    is_entry(text) || text.starts_with("l:")
}

/// Whether `text` is the slot of an entry: `k:…`, or `f:` or `h:` with a version and `:` or `#`.
fn is_entry(text: &str) -> bool {
    if text.starts_with("k:") {
        return true;
    }
    let Some(rest) = text.strip_prefix("f:").or_else(|| text.strip_prefix("h:")) else {
        return false;
    };
    let name = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    name.len() < rest.len() && name.starts_with([':', '#'])
}

/// `text` as it is, in the syntax of `MATCH`.
fn escape(text: &str) -> String {
    let mut glob = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            glob.push('\\');
        }
        glob.push(character);
    }
    glob
}

/// A glob that matches at least what `glob` does, and that every server matches as is meant: there a `?` is a byte, not
/// a character, so it becomes a `*`; and a glob of many `*` is left away.
fn widen(glob: &str) -> String {
    let mut wide = String::with_capacity(glob.len());
    let (mut stars, mut after_star) = (0, true);
    let mut characters = glob.chars();
    while let Some(character) = characters.next() {
        let star = matches!(character, '*' | '?');
        match character {
            '\\' => wide.extend(['\\'].into_iter().chain(characters.next())),
            _ if !star => wide.push(character),
            // The glob that this one is put behind ends with a `*`.
            _ if after_star => {}
            _ => {
                wide.push('*');
                stars += 1;
            }
        }
        after_star = star;
    }
    if stars > MOST_STARS { String::new() } else { wide }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slots_of_larder_are_taken() {
        for text in ["k:a", "k:", "f:1:users:7", "f:0#users:ab", "h:2:site:/x"] {
            assert!(is_entry(text), "{text}");
        }
        for text in ["f:users", "f::users", "x:1", "e:f:users", "f:1", "l:x"] {
            assert!(!is_entry(text), "{text}");
        }
        assert!(is_ours("l:x") && !is_ours("e:*"));
        assert_eq!(ours(b"p:k:\xff", "p:"), None);
    }

    #[test]
    fn a_glob_for_the_server_matches_at_least_what_is_meant() {
        for (glob, expected) in [
            ("user:*", "user:*"),
            ("*user?", "user*"),
            ("a?*?b", "a*b"),
            (r"a\*\?b?", r"a\*\?b*"),
            ("*a*b*c*", "a*b*c*"),
            ("*a*b*c*d*", ""),
        ] {
            assert_eq!(widen(glob), expected, "{glob}");
        }
        assert_eq!(escape("a[b]*"), r"a\[b\]\*");
    }
}
