//! The cookies of a request: whether, and which, count.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// What a request's cookies mean for its response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cookies {
    /// A request with cookies gets a response of its own: it is neither answered from the cache nor stored.
    #[default]
    Bypass,
    /// They mean nothing; handlers do not see them.
    Ignore,
    /// Those of these names tell responses apart; handlers do not see the others.
    Key(Vec<String>),
}

impl Cookies {
    /// Those of these names tell responses apart.
    pub fn key<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::Key(names.into_iter().map(Into::into).collect())
    }

    /// The cookies that count, in the order they came.
    pub(crate) fn counted<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h [u8]> {
        let Self::Key(names) = self else { return Vec::new() };
        let lines = headers.get_all(COOKIE).iter();
        let cookies = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).map(<[u8]>::trim_ascii);
        cookies.filter(|cookie| names.iter().any(|known| known.as_bytes() == name(cookie))).collect()
    }

    /// Takes the others out.
    pub(crate) fn hide(&self, headers: &mut HeaderMap) {
        if *self == Self::Bypass || !headers.contains_key(COOKIE) {
            return;
        }
        let counted = self.counted(headers).join(&b"; "[..]);
        headers.remove(COOKIE);
        if let Some(value) = HeaderValue::from_bytes(&counted).ok().filter(|value| !value.is_empty()) {
            headers.insert(COOKIE, value);
        }
    }
}

fn name(cookie: &[u8]) -> &[u8] {
    cookie.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii_end()
}
