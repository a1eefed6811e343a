//! Which cache a call uses: that of the test it is in, the installed one, or one `ram` handler made at first use.

use std::sync::{Arc, OnceLock};

use super::{Bound, Cache};
use crate::error::{Error, Result};
use crate::fork::made;
use crate::function::Site;

static INSTALLED: OnceLock<Cache> = OnceLock::new();
static FALLBACK: OnceLock<Cache> = OnceLock::new();

pub(super) fn install(cache: Cache) -> Result<()> {
    INSTALLED
        .set(cache)
        .map_err(|_| Error::config("a cache is installed already; `install()` is called once, by the program"))?;
    // Either this sees the cache that was in use before, or whoever is about to settle there sees the installed one.
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    if let Some(before) = FALLBACK.get() {
        before.retire();
    }
    Ok(())
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

/// What `site` is in the cache that its calls use from now on: the installed one, or else the one that is made for a program
/// that installs none, as long as that is so.
pub(crate) fn settled(site: &'static Site) -> Option<Arc<Bound>> {
    #[cfg(feature = "test")]
    if crate::lab::any() {
        return None;
    }
    Some(match INSTALLED.get() {
        Some(cache) => Arc::clone(site.in_installed(cache)),
        None => fallback(site.spec.fallback).bound(site),
    })
}

/// Whether a cache is installed.
pub fn is_installed() -> bool {
    // In the order of all that is sequentially consistent: see `install`.
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    INSTALLED.get().is_some()
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
    made(&FALLBACK, make)
}
