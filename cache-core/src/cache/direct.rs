//! The direct interface: `get`, `set`, `get_or_set` and what goes with them, in async code.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Cache, Invalidation};
use crate::entry::Object;
use crate::error::Result;
use crate::flow::{
    AtOnce, Call, Ended, Entered, Led, Looked, Purpose, Request, Run, drive, enter, leave, look, look_at_once,
};
use crate::form::Codec;
use crate::function::{Mode, Value};
use crate::key::Key;
use crate::pattern::Pattern;
use crate::stats::Count;
use crate::ttl::{Life, Ttl};

/// What can be set directly: a value of its own that serde can write and read back. Which handler it goes to is the
/// configuration's business, so it has to fit handlers of bytes too. (Annotated functions on a handler of objects need
/// no serde.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set directly: it is not `Clone + Send + Sync + Serialize + DeserializeOwned + 'static`",
    note = "derive `Clone`, `serde::Serialize` and `serde::Deserialize` for it"
)]
pub trait Storable: Value + Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<V: Value + Serialize + DeserializeOwned> Storable for V {}

/// A value under a directly set key, asked for on the chosen handler of a cache.
fn asked<'a, V: Storable>(cache: &'a Cache, key: &'a str) -> Call<'a> {
    let request = Request { key: Key::direct(key), tags: &[], codec: const { &Codec::serde::<V>() } };
    Call::new(&cache.chosen, None, request)
}

/// The value of an answer; `None` if it is of another type, which another caller of the same key may have asked for.
fn taken<V: Storable>(object: &Object) -> Option<V> {
    object.downcast_ref::<V>().cloned()
}

impl Cache {
    /// What is stored under `key`, if it is fresh and a `V`. A handler that fails is a miss.
    ///
    /// # Errors
    /// None: a broken handler must not break its callers. It is a `Result` like those of the other operations.
    pub async fn get<V: Storable>(&self, key: &str) -> Result<Option<V>> {
        let call = asked::<V>(self, key);
        let mut room = None::<V>;
        match look_at_once(call.handler, &call.request, Some(&mut room)) {
            AtOnce::Value(object) => room = taken(&object),
            AtOnce::Nothing => {
                call.count(Count::Miss);
                return Ok(None);
            }
            AtOnce::InRoom | AtOnce::Unknown => {}
        }
        if room.is_some() {
            call.count(Count::Hit);
            return Ok(room);
        }
        if let Looked::Hit(object) = look(call.handler, &call.request, Purpose::Read).await {
            call.count(Count::Hit);
            return Ok(taken(&object));
        }
        call.count(Count::Miss);
        Ok(None)
    }

    /// Stores `value` under `key` for `ttl`: whole seconds, a `Duration`, [`Ttl::Default`] or [`Ttl::Forever`]. `0`
    /// stores nothing, and removes what was there.
    ///
    /// # Errors
    /// When the handler cannot be reached, or cannot keep the value.
    pub async fn set<V: Storable>(&self, key: &str, value: V, ttl: impl Into<Ttl>) -> Result<()> {
        let call = asked::<V>(self, key);
        let life = call.handler.life(ttl.into());
        let value: Object = Arc::new(value);
        call.handler.set(&call.request, &value, life).await
    }

    /// What is stored under `key`, or else `value`, which is then stored for `ttl`.
    ///
    /// # Errors
    /// As [`Cache::get`]: a handler that fails is a miss, and `value` is given back.
    pub async fn get_or_set<V: Storable>(&self, key: &str, value: V, ttl: impl Into<Ttl>) -> Result<V> {
        self.get_or_set_with(key, ttl, async || value).await
    }

    /// What is stored under `key`, or else what `load` gives, which is then stored for `ttl`. Concurrent callers of one
    /// key share one `load`.
    ///
    /// # Errors
    /// As [`Cache::get`]: a handler that fails is a miss.
    pub async fn get_or_set_with<V, F, Fut>(&self, key: &str, ttl: impl Into<Ttl>, load: F) -> Result<V>
    where
        V: Storable,
        F: FnOnce() -> Fut,
        Fut: Future<Output = V>,
    {
        let loaded = self.try_get_or_set_with(key, ttl, || async { Ok::<V, Infallible>(load().await) }).await;
        match loaded {
            Ok(value) => Ok(value),
            Err(never) => match never {},
        }
    }

    /// What is stored under `key`, or else what `load` gives; an `Ok` is then stored for `ttl`, an `Err` is not.
    /// Concurrent callers of one key share one `load`, unless it fails: then they load side by side.
    ///
    /// # Errors
    /// What `load` fails with. A handler that fails is a miss.
    pub async fn try_get_or_set_with<V, E, F, Fut>(&self, key: &str, ttl: impl Into<Ttl>, load: F) -> Result<V, E>
    where
        V: Storable,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        let call = asked::<V>(self, key);
        let life = call.handler.life(ttl.into());
        match enter(&call, Mode::Cached, Led::Async).await {
            Entered::Value(object) | Entered::Coalesced(object) | Entered::Whole(object) => match taken(&object) {
                Some(value) => Ok(value),
                None => load().await,
            },
            Entered::Run(run) => {
                let result = drive(Some(&run), pin!(load())).await;
                let ended = loaded(&result, life, &run);
                leave(&call, run, ended).await;
                result
            }
        }
    }

    /// Removes what is stored under `key`. A load that is under way does not bring it back.
    ///
    /// # Errors
    /// When the handler cannot be reached; the removal is then repeated before the handler is read again.
    pub async fn remove(&self, key: &str) -> Result<()> {
        self.chosen.invalidate_key(&Key::direct(key)).await
    }

    /// Removes the entries of this handler whose key matches: directly set keys, and `name:readable-key` of functions
    /// with a `key` template. `*` is any text, `?` any character, `\` takes the next one as it is.
    ///
    /// # Errors
    /// As [`Cache::remove`].
    pub async fn clear_matching(&self, pattern: &str) -> Result<()> {
        let what = format!("clearing what matches `{pattern}`");
        self.chosen.invalidate(what, Invalidation::Matching(Pattern::new(pattern))).await
    }

    /// Waits until all that this process stored so far is written, on every handler: also what callers left behind who went
    /// away (a future that was dropped, a task that was aborted). What a call has returned is written already.
    ///
    /// # Errors
    /// [`Error::Handler`](crate::Error::Handler) of the first handler that could not be reached; all are tried.
    pub async fn flush(&self) -> Result<()> {
        let mut outcome = Ok(());
        for handler in self.handlers() {
            outcome = outcome.and(handler.flush().await);
        }
        outcome
    }

    /// Removes all that larder stored on this handler, and never anyone else's keys or files.
    ///
    /// # Errors
    /// As [`Cache::remove`].
    pub async fn clear(&self) -> Result<()> {
        self.chosen.invalidate("clearing everything".to_owned(), Invalidation::Everything).await
    }
}

/// What a load gave, as the flow sees it.
fn loaded<V: Storable, E>(result: &Result<V, E>, life: Life, run: &Run) -> Ended {
    // A `Clone` of the user's may ask the cache for this very key.
    let _inside = run.inside();
    match result {
        Ok(value) => Ended::Value(Arc::new(value.clone()), life),
        Err(_) => Ended::Failed(None),
    }
}

/// The same for sync code: loads are functions, and waiting blocks the thread.
pub(super) mod sync {
    use super::{Cache, Ended, Entered, Led, Mode, Result, Storable, Ttl, asked, enter, leave, loaded, taken};
    use crate::block_on;

    /// [`Cache::try_get_or_set_with`], with a `load` that is a function.
    pub(in crate::cache) fn try_get_or_set_with<V: Storable, E>(
        cache: &Cache,
        key: &str,
        ttl: Ttl,
        load: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        let call = asked::<V>(cache, key);
        let life = call.handler.life(ttl);
        match block_on(enter(&call, Mode::Cached, Led::Sync)) {
            Entered::Value(object) | Entered::Coalesced(object) | Entered::Whole(object) => match taken(&object) {
                Some(value) => Ok(value),
                None => load(),
            },
            Entered::Run(run) => {
                let inside = run.inside();
                let result = load();
                drop(inside);
                let ended: Ended = loaded(&result, life, &run);
                block_on(leave(&call, run, ended));
                result
            }
        }
    }
}
