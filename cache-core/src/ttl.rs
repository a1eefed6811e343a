//! How long a result is fresh ([`Ttl`]) and how long a store keeps what it is given ([`Life`]).

use std::time::Duration;

/// How long a value is fresh, counted from the end of the run that made it.
///
/// A whole number is seconds; `0` stores nothing, on every handler. Fractions of a second are kept to the
/// millisecond, rounded up.
///
/// ```
/// use cache_core::Ttl;
/// use std::time::Duration;
///
/// assert_eq!(Ttl::from(30), Ttl::For(Duration::from_secs(30)));
/// assert_eq!(Ttl::from(Duration::from_millis(500)), Ttl::For(Duration::from_millis(500)));
/// assert_eq!(Ttl::from(None::<Duration>), Ttl::Forever);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// The handler's own `default_expire` (300 s unless configured).
    #[default]
    Default,
    /// This long.
    For(Duration),
    /// Until it is evicted or invalidated.
    Forever,
}

impl From<u64> for Ttl {
    fn from(seconds: u64) -> Self {
        Self::For(Duration::from_secs(seconds))
    }
}

impl From<Duration> for Ttl {
    fn from(duration: Duration) -> Self {
        Self::For(duration)
    }
}

/// `None` is no limit: [`Ttl::Forever`].
impl From<Option<Duration>> for Ttl {
    fn from(duration: Option<Duration>) -> Self {
        duration.map_or(Self::Forever, Self::For)
    }
}

/// How long a store keeps a slot, in whole milliseconds, or without a limit.
///
/// ```
/// use cache_core::Life;
/// use std::time::Duration;
///
/// assert_eq!(Life::of(Duration::from_micros(1)).millis(), Some(1));
/// assert_eq!(Life::FOREVER.millis(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life(u64);

/// Longer lives than this (about 1,000 years) are without a limit, so that adding one to a time never overflows.
const LONGEST: u64 = 1_000 * 365 * 24 * 60 * 60 * 1_000;

impl Life {
    /// No life at all: what has it is not stored.
    pub const NONE: Self = Self(0);
    /// No limit.
    pub const FOREVER: Self = Self(u64::MAX);

    /// This long, rounded up to a millisecond, so that a life that is not zero never becomes zero.
    #[must_use]
    pub fn of(duration: Duration) -> Self {
        let millis = duration.as_nanos().div_ceil(1_000_000);
        match u64::try_from(millis) {
            Ok(millis) if millis <= LONGEST => Self(millis),
            _ => Self::FOREVER,
        }
    }

    /// Milliseconds, or `None` without a limit.
    #[must_use]
    pub const fn millis(self) -> Option<u64> {
        if self.0 == u64::MAX { None } else { Some(self.0) }
    }

    /// Whether nothing is to be stored.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// When a life that begins at `now` ends, both in milliseconds of one clock; `u64::MAX` is never.
    #[must_use]
    pub const fn ends(self, now: u64) -> u64 {
        now.saturating_add(self.0)
    }

    /// What is left at `now` of a life that ends at `end`.
    #[must_use]
    pub const fn until(end: u64, now: u64) -> Self {
        Self(if end == u64::MAX { u64::MAX } else { end.saturating_sub(now) })
    }

    /// The life of `ttl`, on a handler whose default is `default`.
    #[must_use]
    pub fn resolve(ttl: Ttl, default: Ttl) -> Self {
        match (ttl, default) {
            (Ttl::For(duration), _) | (Ttl::Default, Ttl::For(duration)) => Self::of(duration),
            (Ttl::Forever, _) | (Ttl::Default, Ttl::Forever) => Self::FOREVER,
            (Ttl::Default, Ttl::Default) => Self::of(DEFAULT_EXPIRE),
        }
    }
}

/// The `default_expire` of every handler that is not told otherwise: 300 s, as in Emmett.
pub const DEFAULT_EXPIRE: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_never_rounds_down_to_nothing_and_never_overflows() {
        assert_eq!(Life::of(Duration::ZERO), Life::NONE);
        assert_eq!(Life::of(Duration::from_nanos(1)).millis(), Some(1));
        assert_eq!(Life::of(Duration::MAX), Life::FOREVER);
        assert_eq!(Life::of(Duration::from_secs(u64::MAX)).ends(u64::MAX - 1), u64::MAX);
    }

    #[test]
    fn the_default_is_the_handlers_and_then_300_seconds() {
        assert_eq!(Life::resolve(Ttl::Default, Ttl::from(60)).millis(), Some(60_000));
        assert_eq!(Life::resolve(Ttl::Default, Ttl::Default).millis(), Some(300_000));
        assert_eq!(Life::resolve(Ttl::from(0), Ttl::Forever), Life::NONE);
    }
}
