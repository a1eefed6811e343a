//! The `Date` of responses that have none (RFC 9110, 6.6.1).

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;

/// The date of the last second that was asked for: writing one takes longer than finding out that it is still the same.
#[derive(Debug, Default)]
pub(crate) struct Dates(Mutex<Option<(u64, HeaderValue)>>);

impl Dates {
    /// The date of a moment, in milliseconds since the Unix epoch; none after the year 9999.
    pub(crate) fn at(&self, millis: u64) -> Option<HeaderValue> {
        let second = millis / 1_000;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, date)) = &*last
            && *known == second
        {
            return Some(date.clone());
        }
        // A clock of a test may show any time; what comes after that year has no date.
        if second >= 253_402_300_800 {
            return None;
        }
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        let date = HeaderValue::try_from(date).ok()?;
        *last = Some((second, date.clone()));
        Some(date)
    }
}
