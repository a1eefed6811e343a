//! The cache as a user configures and uses it.

mod asking;
mod blocking;
mod bound;
mod builder;
mod current;
mod direct;
mod guards;
mod handler;
mod nonces;
mod nothing;
mod open;
mod owed;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use dashmap::DashMap;

pub use blocking::Blocking;
pub(crate) use bound::Bound;
pub use builder::CacheBuilder;
pub(crate) use current::{Current, Surroundings, current, settled, surroundings};
pub use current::{cache_or, is_installed};
pub use direct::Storable;
pub(crate) use handler::{Handler, LONGEST_RUN, SharedHandler};
pub use open::{Env, IntoHandler, Opened};
pub(crate) use owed::Invalidation;

use crate::clock::Clock;
use crate::epoch::EpochName;
use crate::error::{Error, Result};
use crate::fork::whole;
use crate::function::Site;
use crate::keyspace::Keyspace;
use crate::stats::{CacheStats, Counters, NamedStats, Stats};

/// A cache: named handlers, one of which is the default. A clone is cheap and is the same cache.
///
/// The direct interface acts on the default handler, or on the one that [`Cache::on`] chose. Keys that are set
/// directly and the keys of annotated functions live apart: they never meet. `None`, `0`, `""` and `false` are values
/// like any other.
///
/// ```
/// use cache_core::{Cache, Memory};
///
/// let cache = Cache::builder().handler("ram", Memory::default()).build()?;
/// let cache = cache.blocking();
/// cache.set("key", "value".to_string(), 300)?;
/// assert_eq!(cache.get::<String>("key")?.as_deref(), Some("value"));
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
    chosen: SharedHandler,
}

struct Inner {
    handlers: Handlers,
    clock: Clock,
    /// Annotated functions that were called in this cache, by the address of their site.
    bounds: DashMap<usize, Arc<Bound>, foldhash::fast::RandomState>,
    /// Namespaces of responses that were asked for in this cache, by handler and name.
    keyspaces: Keyspaces,
}

impl Inner {
    fn new(handlers: Handlers, clock: Clock) -> Self {
        Self { handlers, clock, bounds: DashMap::default(), keyspaces: DashMap::default() }
    }
}

type Keyspaces = DashMap<(String, String), Arc<Keyspace>, foldhash::fast::RandomState>;

/// The handlers that are there.
enum Handlers {
    /// Those that were configured.
    Fixed(Vec<SharedHandler>),
    /// One for every name that is asked for: a test's.
    #[cfg(feature = "test")]
    OnDemand(crate::lab::OnDemand),
}

impl Cache {
    /// Configures a cache.
    pub fn builder() -> CacheBuilder {
        CacheBuilder::new()
    }

    /// Checks every annotated function of the program against this cache, and makes it the process's.
    ///
    /// # Errors
    /// [`Error::Config`] with every reason: a function whose handler is not here, one whose result a handler of bytes
    /// cannot keep, two functions of one name (each by name, file and line), or a cache that was installed before.
    pub fn install(self) -> Result<()> {
        let problems = crate::function::check_all(&self);
        if !problems.is_empty() {
            return Err(Error::Config(problems));
        }
        current::install(self)
    }

    /// Nobody will ask this cache any more: another one is installed.
    fn retire(&self) {
        match &self.inner.handlers {
            Handlers::Fixed(handlers) => handlers.iter().for_each(|handler| handler.backend().retire()),
            #[cfg(feature = "test")]
            Handlers::OnDemand(_) => {}
        }
    }

    /// The same cache, its direct interface on the handler `name`.
    ///
    /// # Errors
    /// [`Error::UnknownHandler`] with the names that are there.
    pub fn on(&self, name: &str) -> Result<Self> {
        Ok(Self { inner: Arc::clone(&self.inner), chosen: self.handler(name)? })
    }

    /// The same interface for sync code.
    #[must_use]
    pub fn blocking(&self) -> Blocking {
        Blocking::new(self.clone())
    }

    /// The clock that this cache goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// What happened so far: in all, to each function that was called, and on each handler.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        let named = |name: &str, counters: &Counters| NamedStats { name: name.to_owned(), stats: counters.stats() };
        let bounds: Vec<_> = whole(|| self.inner.bounds.iter().map(|bound| Arc::clone(&bound)).collect());
        let mut functions: Vec<NamedStats> =
            bounds.iter().map(|bound| named(bound.space.name(), &bound.counters)).collect();
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        let keyspaces: Vec<_> = whole(|| self.inner.keyspaces.iter().map(|keyspace| Arc::clone(&keyspace)).collect());
        let mut responses: Vec<NamedStats> =
            keyspaces.iter().map(|keyspace| named(keyspace.name(), keyspace.counters())).collect();
        responses.sort_by(|a, b| a.name.cmp(&b.name));
        let handlers: Vec<NamedStats> =
            self.handlers().iter().map(|handler| named(handler.name(), &handler.counters)).collect();
        let totals = handlers.iter().fold(Stats::default(), |sum, row| sum.plus(row.stats));
        CacheStats { totals, functions, responses, handlers }
    }

    /// Drops every entry that was stored with `tag`, on every handler.
    ///
    /// # Errors
    /// [`Error::Handler`] of the first handler that could not be reached; all are tried.
    pub async fn invalidate_tag(&self, tag: &str) -> Result<()> {
        let handlers = self.handlers();
        let one = |handler| -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
            let handler: &SharedHandler = handler;
            let invalidation = Invalidation::Epochs(vec![EpochName::tag(tag)]);
            Box::pin(handler.invalidate(format!("invalidating the tag `{tag}`"), invalidation))
        };
        // All are begun at once: a caller that goes away half-way leaves none of them neither tried nor owed.
        let mut open: Vec<_> = handlers.iter().map(one).collect();
        let mut outcome = Ok(());
        poll_fn(|context| {
            open.retain_mut(|invalidation| match invalidation.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(done) => {
                    outcome = std::mem::replace(&mut outcome, Ok(())).and(done);
                    false
                }
            });
            if open.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        outcome
    }

    fn handlers(&self) -> Vec<SharedHandler> {
        match &self.inner.handlers {
            Handlers::Fixed(handlers) => handlers.clone(),
            #[cfg(feature = "test")]
            Handlers::OnDemand(handlers) => handlers.all(),
        }
    }

    pub(crate) fn handler(&self, name: &str) -> Result<SharedHandler> {
        match &self.inner.handlers {
            Handlers::Fixed(handlers) => {
                handlers.iter().find(|handler| handler.name() == name).cloned().ok_or_else(|| Error::UnknownHandler {
                    name: name.to_owned(),
                    known: handlers.iter().map(|handler| handler.name().to_owned()).collect(),
                })
            }
            #[cfg(feature = "test")]
            Handlers::OnDemand(handlers) => Ok(handlers.get(name)),
        }
    }

    /// The handler that a function asks for.
    pub(crate) fn handler_for(&self, name: Option<&str>) -> Result<SharedHandler> {
        name.map_or_else(|| Ok(Arc::clone(&self.chosen)), |name| self.handler(name))
    }

    /// What `site` is in this cache, made at its first call.
    pub(crate) fn bound(&self, site: &'static Site) -> Arc<Bound> {
        let address = std::ptr::from_ref(site).addr();
        let there = || self.inner.bounds.get(&address).map(|bound| Arc::clone(&bound));
        whole(there).unwrap_or_else(|| {
            // Made before the map is locked: what it logs may call cached functions.
            let made = Arc::new(self.make_bound(site));
            whole(|| Arc::clone(&self.inner.bounds.entry(address).or_insert(made)))
        })
    }

    /// The responses of `namespace` on the handler `name`, or on the default one.
    pub(crate) fn keyspace(&self, namespace: &str, name: Option<&str>) -> Result<Arc<Keyspace>> {
        let handler = self.handler_for(name)?;
        let key = (handler.name().to_owned(), namespace.to_owned());
        let made = || Arc::new(Keyspace::new(namespace, handler));
        Ok(whole(|| match self.inner.keyspaces.get(&key) {
            Some(keyspace) => Arc::clone(&keyspace),
            None => Arc::clone(&self.inner.keyspaces.entry(key).or_insert_with(made)),
        }))
    }

    fn make_bound(&self, site: &'static Site) -> Bound {
        let handler = self.handler_for(site.spec.handler);
        if let Err(error) = &handler {
            log::error!("{} runs uncached: {error}", site.place());
        }
        Bound::new(site.space(), handler)
    }

    /// A cache that keeps nothing: every function runs.
    #[doc(hidden)]
    #[must_use]
    pub fn keeping_nothing() -> Self {
        log::warn!("no cache is installed and this build has no handler: cached functions run uncached");
        let clock = Clock::system();
        let opened = Opened::new(nothing::Nothing);
        let chosen = Arc::new(Handler::new("nothing".to_owned(), opened, clock.clone(), builder::FLIGHT_DEADLINE));
        let handlers = Handlers::Fixed(vec![Arc::clone(&chosen)]);
        Self { inner: Arc::new(Inner::new(handlers, clock)), chosen }
    }

    #[cfg(feature = "test")]
    pub(crate) fn on_demand(handlers: crate::lab::OnDemand, clock: Clock) -> Self {
        let chosen = handlers.get(crate::lab::DEFAULT_HANDLER);
        Self { inner: Arc::new(Inner::new(Handlers::OnDemand(handlers), clock)), chosen }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handlers = self.handlers();
        let names: Vec<&str> = handlers.iter().map(|handler| handler.name()).collect();
        f.debug_struct("Cache").field("handlers", &names).field("chosen", &self.chosen.name()).finish()
    }
}
