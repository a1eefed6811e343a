//! Removing many keys: a cursor over the database, and `UNLINK` of what is ours, a batch at a time.
//!
//! A sweep runs on the handler's thread and goes on when its caller leaves; it ends with the handler or the
//! connection. It removes entries only, never tombstones: those of invalidations that come while it runs still have
//! runs to stop. What it removes is a miss already, or is to become one, so what it leaves behind after a failure
//! costs room until its life ends, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use cache_core::key::Key;
use cache_core::{BackendError, Pattern};
use redis::{Pipeline, RedisResult, Value};
use tokio::sync::oneshot;

use super::command;
use super::connect::Target;
use super::link::Link;

/// How many keys one script looks at: few enough that nobody else waits for it.
const BATCH: usize = 250;

/// How long a caller waits for the room of all entries to be given back, before the rest is done behind it.
const MOMENT: Duration = Duration::from_millis(100);

/// More `*` than this are not given to the server, whose own matching takes exponential time in some releases.
const MOST_STARS: usize = 3;

/// Removes the entries whose subject matches.
pub(super) async fn matching(link: Arc<Link>, target: Arc<Target>, pattern: Pattern) -> Result<(), BackendError> {
    // A response's slot goes on behind its subject.
    let glob = format!("{}[kfh]:*{}*", escape(&target.prefix), widen(&pattern.to_glob()));
    let (sender, done) = oneshot::channel();
    link.runtime.clone().spawn(async move {
        let keep = |text: &str| is_entry(text) && Key::subject_of(text).is_some_and(|it| pattern.matches(it));
        let swept = sweep(&link, &target, &glob, keep).await;
        drop(sender.send(swept.map_err(|error| target.error("clear by pattern", command::explain(&error)))));
    });
    done.await.unwrap_or_else(|_| Err(BackendError::new("the handler was dropped during a clear by pattern")))
}

/// Removes all entries and locks.
pub(super) async fn everything(link: Arc<Link>, target: Arc<Target>) -> Result<(), BackendError> {
    let glob = format!("{}[kfhl]:*", escape(&target.prefix));
    let (sender, done) = oneshot::channel();
    link.runtime.clone().spawn(async move {
        let mut sweeping = std::pin::pin!(sweep(&link, &target, &glob, is_ours));
        let in_a_moment = tokio::time::timeout(MOMENT, sweeping.as_mut()).await;
        let failed = |error| target.error("reclaim", command::explain(&error));
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
    done.await.unwrap_or_else(|_| Err(BackendError::new("the handler was dropped during a reclaim")))
}

/// Removes the entries among the keys that match `glob` and whose slot `takes` takes. A batch is removed in the round
/// trip that gets the next keys.
async fn sweep(link: &Link, target: &Target, glob: &str, takes: impl Fn(&str) -> bool) -> RedisResult<()> {
    let mut cursor = b"0".to_vec();
    let mut found: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut pipeline = Pipeline::new();
        for batch in found.chunks(BATCH) {
            pipeline.add_command(command::unlink_entries(batch));
        }
        pipeline.add_command(command::scan(&cursor, glob));
        let mut replies = link.requests(&pipeline).await?;
        let Some(scanned) = replies.pop() else {
            return Err(command::unexpected(&Value::Nil));
        };
        replies.into_iter().try_for_each(command::done)?;

        let mut parts = command::array(scanned, 2)?.into_iter();
        let (Some(Value::BulkString(next)), Some(Value::Array(keys))) = (parts.next(), parts.next()) else {
            return Err(command::unexpected(&Value::Nil));
        };
        found.clear();
        found.extend(keys.into_iter().filter_map(|key| match key {
            Value::BulkString(key) => ours(&key, &target.prefix).is_some_and(&takes).then_some(key),
            _ => None,
        }));
        if next == b"0" {
            break;
        }
        cursor = next;
    }
    for batch in found.chunks(BATCH) {
        command::done(link.request(&command::unlink_entries(batch)).await?)?;
    }
    Ok(())
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
