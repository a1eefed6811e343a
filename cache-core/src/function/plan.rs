//! [`Plan`]: one call of an annotated function, before it runs.

use std::cell::Cell;

use super::site::Site;
use super::thread;
use super::time_to_live::TimeToLive;
use crate::epoch::EpochName;
use crate::key::{Instance, Key, Record, Recorder};
use crate::ttl::Ttl;

/// What a call may do with the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Look, and run on a miss.
    #[default]
    Cached,
    /// Run and store, whatever is stored.
    Refresh,
    /// Run, and touch no cache.
    Uncached,
}

/// The key of one call, and what its attributes say for its arguments.
#[derive(Debug)]
pub struct Plan {
    pub(crate) key: Recorder,
    /// The mark of the key; none where it is that of the recorded bytes.
    pub(crate) mark: Option<u64>,
    pub(crate) instance: Option<Instance>,
    pub(crate) tags: Vec<EpochName<'static>>,
    pub(crate) ttl: Option<Ttl>,
    pub(crate) mode: Mode,
    #[cfg(feature = "bytes")]
    digest: crate::key::Digest,
}

impl Plan {
    /// A call whose arguments were recorded as `key`.
    #[inline]
    #[must_use]
    pub const fn new(key: Recorder) -> Self {
        Self {
            key,
            mark: None,
            instance: None,
            tags: Vec::new(),
            ttl: None,
            mode: Mode::Cached,
            #[cfg(feature = "bytes")]
            digest: crate::key::Digest::new(),
        }
    }

    /// A call whose arguments are numbers and texts.
    #[allow(clippy::needless_pass_by_value, reason = "a reference would have a hit write the key to memory")]
    #[inline(never)]
    #[must_use]
    pub fn of(key: impl Record) -> Self {
        Self { mark: key.mark(), ..Self::new(key.recorder()) }
    }

    /// Generic code: which instance it is.
    #[inline]
    #[must_use]
    pub const fn instance(mut self, instance: Instance) -> Self {
        self.instance = Some(instance);
        self
    }

    /// A tag, as `format_args!` of its template. Tags that are given twice count once.
    #[must_use]
    pub fn tag(mut self, tag: std::fmt::Arguments<'_>) -> Self {
        let tag = EpochName::tag(&tag.to_string());
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
        self
    }

    /// `ttl = …`, where it depends on the arguments.
    #[must_use]
    pub fn ttl(mut self, ttl: impl TimeToLive) -> Self {
        self.ttl = Some(ttl.ttl());
        self
    }

    /// `bypass = …`.
    #[must_use]
    pub const fn bypass(mut self, bypass: bool) -> Self {
        if bypass {
            self.mode = Mode::Uncached;
        }
        self
    }

    /// `refresh = …`; `bypass` outranks it.
    #[must_use]
    pub const fn refresh(mut self, refresh: bool) -> Self {
        if refresh && matches!(self.mode, Mode::Cached) {
            self.mode = Mode::Refresh;
        }
        self
    }

    /// Whether it is a call like most: its key tells everything, it has no tags, and it may be answered by what is stored.
    #[inline]
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.mode, Mode::Cached) && self.tags.is_empty() && !self.key.is_refused()
    }

    /// Whether that is so, `site` may have a short cut, and the call is one on this thread: no companion of any function is about
    /// to call it in another mode, and no test has a cache of its own.
    pub(super) fn may_be_short(&self, site: &Site) -> bool {
        if site.is_slow() {
            return false;
        }
        #[cfg(feature = "test")]
        if crate::lab::any() {
            return false;
        }
        self.is_plain() && is_next_plain()
    }

    pub(crate) fn key_in(&self, site: &'static Site) -> Key<'_> {
        Key {
            instance: self.instance,
            mark: self.mark,
            #[cfg(feature = "bytes")]
            digest: Some(&self.digest),
            ..Key::new(site.space(), self.key.bytes())
        }
    }
}

thread_local! {
    /// The mode of the next call of one function on this thread, set by its companions `refresh` and `uncached`.
    static NEXT: Cell<Option<(usize, Mode)>> = const { Cell::new(None) };
}

/// Whether no companion of any function is about to call it in another mode on this thread.
pub(super) fn is_next_plain() -> bool {
    NEXT.get().is_none()
}

fn set_next(next: Option<(usize, Mode)>) -> Option<(usize, Mode)> {
    let before = NEXT.replace(next);
    thread::show(next.is_none());
    before
}

/// Makes the next call of `site` on this thread one in `mode`, until the guard is dropped.
pub(crate) fn set_mode(site: &'static Site, mode: Mode) -> ModeGuard {
    ModeGuard(set_next(Some((address(site), mode))))
}

/// The mode that was set for this call of `site`, taken away so that no other call has it.
pub(crate) fn take_mode(site: &'static Site) -> Option<Mode> {
    let (whose, mode) = NEXT.get()?;
    (whose == address(site)).then(|| {
        set_next(None);
        mode
    })
}

/// Puts back what was set before.
#[derive(Debug)]
pub struct ModeGuard(Option<(usize, Mode)>);

impl Drop for ModeGuard {
    fn drop(&mut self) {
        set_next(self.0);
    }
}

fn address(site: &'static Site) -> usize {
    std::ptr::from_ref(site).addr()
}

/// Marks [`Prime`] for the value inside a `Result` or an `Option`.
#[derive(Debug)]
pub enum PrimeValue {}

/// Marks [`Prime`] for the whole result.
#[derive(Debug)]
pub enum PrimeWhole {}

/// What can be given to `prime` of a function that returns `R`: the whole result, or the value inside `Ok` or `Some`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be primed: the function returns `{R}`",
    label = "not a result of the function",
    note = "give the function's whole result, or the value inside its `Ok` or `Some`"
)]
pub trait Prime<R, M> {
    /// The whole result.
    fn whole(self) -> R;
}

impl<R> Prime<R, PrimeWhole> for R {
    fn whole(self) -> R {
        self
    }
}

impl<T, E> Prime<Result<T, E>, PrimeValue> for T {
    fn whole(self) -> Result<T, E> {
        Ok(self)
    }
}

impl<T> Prime<Option<T>, PrimeValue> for T {
    fn whole(self) -> Option<T> {
        Some(self)
    }
}
