//! Which cache a call uses: that of the test it is in, the installed one, or one `ram` handler made at first use.

use std::sync::{Arc, OnceLock};

use super::{Bound, Cache};
use crate::error::{Error, Result};
use crate::function::Site;

static INSTALLED: OnceLock<Cache> = OnceLock::new();
static FALLBACK: OnceLock<Cache> = OnceLock::new();

pub(super) fn install(cache: Cache) -> Result<()> {
    INSTALLED
        .set(cache)
        .map_err(|_| Error::config("a cache is installed already; `install()` is called once, by the program"))
}

/// Where a call of an annotated function finds itself.
pub(crate) enum Current {
    /// In a cache.
    In(Arc<Bound>),
    /// In the installed cache, which never changes.
    Installed(&'static Arc<Bound>),
    /// Outside the test that is under way: it runs uncached.
    #[cfg(feature = "test")]
    Escaped,
}

/// What `site` is in the cache of the caller.
pub(crate) fn current(site: &'static Site) -> Current {
    #[cfg(feature = "test")]
    match crate::lab::here() {
        crate::lab::Here::Lab(cache) => return Current::In(cache.bound(site)),
        crate::lab::Here::Outside => {
            crate::lab::escape(site.name());
            return Current::Escaped;
        }
        crate::lab::Here::NoLab => {}
    }
    match INSTALLED.get() {
        Some(cache) => Current::Installed(site.in_installed(cache)),
        None => Current::In(fallback(site.spec.fallback).bound(site)),
    }
}

/// The cache of the caller: that of the test it is in, the installed one, or the one that `make` gives, made once.
#[doc(hidden)]
pub fn cache_or(make: fn() -> Cache) -> Cache {
    #[cfg(feature = "test")]
    if let crate::lab::Here::Lab(cache) = crate::lab::here() {
        return cache;
    }
    INSTALLED.get().unwrap_or_else(|| fallback(make)).clone()
}

/// Where a call finds itself that is not one of an annotated function.
pub(crate) enum Surroundings {
    /// In the installed cache, which never changes.
    Installed(&'static Cache),
    /// In another one.
    In(Cache),
    /// Outside the test that is under way.
    #[cfg(feature = "test")]
    Escaped,
}

/// The cache of a caller that is called `name`.
pub(crate) fn surroundings(name: &str, make: fn() -> Cache) -> Surroundings {
    let _ = name;
    #[cfg(feature = "test")]
    match crate::lab::here() {
        crate::lab::Here::Lab(cache) => return Surroundings::In(cache),
        crate::lab::Here::Outside => {
            crate::lab::escape(name);
            return Surroundings::Escaped;
        }
        crate::lab::Here::NoLab => {}
    }
    match INSTALLED.get() {
        Some(cache) => Surroundings::Installed(cache),
        None => Surroundings::In(fallback(make).clone()),
    }
}

fn fallback(make: fn() -> Cache) -> &'static Cache {
    FALLBACK.get_or_init(make)
}
