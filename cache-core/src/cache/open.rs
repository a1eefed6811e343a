//! How a backend, or the builder of one, becomes a handler.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::backend::Backend;
use crate::clock::Clock;
use crate::error::Result;
use crate::ttl::Ttl;

/// What a handler is opened with.
#[derive(Clone, Debug)]
pub struct Env {
    /// The cache's clock.
    pub clock: Clock,
}

/// A backend with what larder has to know about the handler that it serves.
#[derive(Clone)]
pub struct Opened {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) default_expire: Ttl,
    pub(crate) timeout: Duration,
}

impl Opened {
    /// A handler on `backend`: results are fresh for 300 s unless told otherwise, an operation is given up after 5 s.
    #[must_use]
    pub fn new(backend: impl Backend) -> Self {
        Self {
            backend: Arc::new(backend),
            default_expire: Ttl::For(crate::DEFAULT_EXPIRE),
            timeout: Duration::from_secs(5),
        }
    }

    /// The backend, for tests of it.
    #[must_use]
    pub const fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// How long a result is fresh where neither its function nor its call says so.
    #[must_use]
    pub fn default_expire(mut self, ttl: impl Into<Ttl>) -> Self {
        self.default_expire = ttl.into();
        self
    }

    /// How long larder waits for one operation of the backend before it counts as failed.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("default_expire", &self.default_expire)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// What can be given to `Cache::builder().handler(name, ..)`: a builder of larder's, or a [`Backend`] of your own.
pub trait IntoHandler {
    /// Checks the configuration and opens the handler. Nothing goes over a network here.
    ///
    /// # Errors
    /// When the configuration cannot work, with what to write instead.
    fn open(self, env: &Env) -> Result<Opened>;
}

impl<B: Backend> IntoHandler for B {
    fn open(self, _env: &Env) -> Result<Opened> {
        Ok(Opened::new(self))
    }
}

impl IntoHandler for Opened {
    fn open(self, _env: &Env) -> Result<Opened> {
        Ok(self)
    }
}
