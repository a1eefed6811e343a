//! Time, and the only place that reads the system's clocks.
//!
//! A [`Clock`] gives milliseconds since the Unix epoch in two ways: [`Clock::now`] is monotonic (what this process
//! compares with itself), [`Clock::wall`] is the machine's own date (what several processes compare with each other).
//! A clock of a test stands still until it is moved; whoever waits for a time on it is woken by the move.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::timer::Alarms;

/// A source of time, cheap to clone.
///
/// ```
/// use cache_core::Clock;
/// use std::time::Duration;
///
/// let clock = Clock::standing();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(31));
/// assert_eq!(clock.now() - before, 31_000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Standing(Arc<Standing>),
}

/// The state of a clock that stands still.
#[derive(Debug)]
pub(crate) struct Standing {
    now: AtomicU64,
    pub(crate) alarms: Alarms,
}

/// The machine's date when this process first asked, and the monotonic instant of that moment.
static ANCHOR: OnceLock<(u64, Instant)> = OnceLock::new();

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock for tests: it starts at the machine's date and stands still until [`Clock::advance`].
    #[must_use]
    pub fn standing() -> Self {
        Self(Source::Standing(Arc::new(Standing { now: AtomicU64::new(unix_millis()), alarms: Alarms::default() })))
    }

    /// Milliseconds that never go back and take no part in corrections of the machine's date.
    #[must_use]
    pub fn now(&self) -> u64 {
        match &self.0 {
            Source::System => monotonic_millis(),
            Source::Standing(standing) => standing.now.load(Ordering::SeqCst),
        }
    }

    /// Milliseconds since the Unix epoch by the machine's date.
    #[must_use]
    pub fn wall(&self) -> u64 {
        match &self.0 {
            Source::System => unix_millis(),
            Source::Standing(standing) => standing.now.load(Ordering::SeqCst),
        }
    }

    /// Moves a standing clock forward and wakes whoever waited for a time up to then. The system's clock stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Source::Standing(standing) = &self.0 {
            let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
            let moved = |before: u64| Some(before.saturating_add(by));
            let before = standing.now.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
            standing.alarms.ring(before.unwrap_or_default().saturating_add(by));
        }
    }

    /// Whether these are the machine's clocks.
    #[must_use]
    pub const fn is_system(&self) -> bool {
        matches!(self.0, Source::System)
    }

    pub(crate) fn as_standing(&self) -> Option<&Arc<Standing>> {
        match &self.0 {
            Source::System => None,
            Source::Standing(standing) => Some(standing),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the clock")]
fn unix_millis() -> u64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[allow(clippy::disallowed_methods, reason = "this is the clock")]
fn monotonic_millis() -> u64 {
    let (date, start) = ANCHOR.get_or_init(|| (unix_millis(), Instant::now()));
    date.saturating_add(millis(start.elapsed()))
}

/// Whole milliseconds, by arithmetic of one word.
const fn millis(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000).saturating_add(duration.subsec_millis() as u64)
}
