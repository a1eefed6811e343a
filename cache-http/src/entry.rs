//! What is stored under a key: a response, or by which headers the responses of that key differ.

use std::fmt;

use bytes::Bytes;
use cache_core::Weigh;
use http::header::{AGE, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::status::CACHE_STATUS;

/// The value of a key.
#[derive(Clone)]
pub(crate) enum Stored {
    Response(Kept),
    Varies(Varies),
}

/// A complete response, as it came.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) status: StatusCode,
    /// Without those that are of one connection only.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) times: Times,
}

/// A number as the value of a header. (The conversion that `HeaderValue` has allocates twice.)
pub(crate) fn number(number: u64) -> HeaderValue {
    HeaderValue::from_str(itoa::Buffer::new().format(number)).unwrap_or(HeaderValue::from_static("0"))
}

impl Kept {
    /// A response with these headers, but that they have a place each for what every hit says, and the length that a
    /// server would add. A hit copies them, and a copy that has to grow costs more than all the rest of it.
    pub(crate) fn new(status: StatusCode, mut headers: HeaderMap, body: Bytes, times: Times) -> Self {
        if status != StatusCode::NO_CONTENT {
            headers.entry(CONTENT_LENGTH).or_insert_with(|| number(body.len() as u64));
        }
        headers.insert(AGE, HeaderValue::from_static("0"));
        headers.entry(CACHE_STATUS).or_insert(HeaderValue::from_static(""));
        Self { status, headers, body, times }
    }

    /// The headers as they came.
    fn came(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.headers.iter().filter(|(name, value)| **name != AGE && !(**name == CACHE_STATUS && value.is_empty()))
    }
}

/// When a response came, in milliseconds by the machine's date (RFC 9111, 4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// When it was asked for.
    pub(crate) asked: u64,
    /// When its head was there.
    pub(crate) answered: u64,
    /// How old it was then, by its own words and by how long it was under way.
    pub(crate) age: u64,
    /// From when on it is stale; `u64::MAX` is never.
    pub(crate) stale_at: u64,
}

impl Times {
    /// How old the response is at `now`, in whole seconds.
    pub(crate) const fn age(&self, now: u64) -> u64 {
        let seconds = self.age.saturating_add(now.saturating_sub(self.answered)) / 1_000;
        // What is larger is said so (RFC 9111, 1.2.2).
        if seconds < 1 << 31 { seconds } else { 1 << 31 }
    }

    /// How long it is fresh yet, in whole seconds; `None` without a limit.
    pub(crate) const fn ttl(&self, now: u64) -> Option<u64> {
        if self.stale_at == u64::MAX { None } else { Some(self.stale_at.saturating_sub(now) / 1_000) }
    }
}

/// By which headers of the request the responses of a key differ. They are stored under keys of their own, which
/// contain the values of these headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Varies {
    /// Sorted.
    pub(crate) names: Vec<HeaderName>,
    /// When the last of them is stale, in milliseconds by the machine's date; `u64::MAX` is never.
    pub(crate) until: u64,
    /// Digests of those keys, and until when each counts.
    pub(crate) variants: Vec<(u64, u64)>,
}

/// Both in one row: kind, status, times, headers, body; names, until and variants.
type Row = (u8, u16, (u64, u64, u64, u64), Vec<(Bytes, Bytes)>, Bytes, Vec<Bytes>, u64, Vec<(u64, u64)>);

const RESPONSE: u8 = 0;
const VARIES: u8 = 1;

fn bytes(text: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(text.as_ref())
}

/// What a `HeaderMap` has for each header that it has room for, by and large.
const HEADER: usize = 112;

impl Weigh for Stored {
    fn heap_size(&self) -> usize {
        match self {
            Self::Response(kept) => {
                let texts: usize = kept.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
                kept.headers.capacity() * HEADER + texts + kept.body.len()
            }
            Self::Varies(Varies { names, variants, .. }) => {
                let texts: usize = names.iter().map(|name| name.as_str().len()).sum();
                names.capacity() * size_of::<HeaderName>() + texts + variants.heap_size()
            }
        }
    }
}

impl Stored {
    fn to_row(&self) -> Row {
        match self {
            Self::Response(kept) => {
                let Times { asked, answered, age, stale_at } = kept.times;
                let headers = kept.came().map(|(name, value)| (bytes(name), bytes(value))).collect();
                let times = (asked, answered, age, stale_at);
                (RESPONSE, kept.status.as_u16(), times, headers, kept.body.clone(), Vec::new(), 0, Vec::new())
            }
            Self::Varies(Varies { names, until, variants }) => {
                let names = names.iter().map(bytes).collect();
                (VARIES, 0, (0, 0, 0, 0), Vec::new(), Bytes::new(), names, *until, variants.clone())
            }
        }
    }

    /// The value of a row; why it is none otherwise.
    fn of_row(row: Row) -> Result<Self, String> {
        let (kind, status, times, rows, body, names, until, variants) = row;
        if kind == VARIES {
            let names: Result<_, _> = names.iter().map(|name| HeaderName::from_bytes(name)).collect();
            return Ok(Self::Varies(Varies { names: names.map_err(|error| error.to_string())?, until, variants }));
        }
        if kind != RESPONSE {
            return Err(format!("there is no kind {kind} of entries"));
        }
        let mut headers = HeaderMap::try_with_capacity(rows.len()).map_err(|error| error.to_string())?;
        for (name, value) in rows {
            let name = HeaderName::from_bytes(&name).map_err(|error| error.to_string())?;
            let value = HeaderValue::from_maybe_shared(value).map_err(|error| error.to_string())?;
            headers.try_append(name, value).map_err(|error| error.to_string())?;
        }
        let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
        let (asked, answered, age, stale_at) = times;
        let times = Times { asked, answered, age, stale_at };
        Ok(Self::Response(Kept::new(status, headers, body, times)))
    }
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_row().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of_row(Row::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What it says is somebody's data.
            Self::Response(kept) => {
                f.debug_struct("Response").field("status", &kept.status).field("times", &kept.times).finish()
            }
            Self::Varies(varies) => varies.fmt(f),
        }
    }
}
