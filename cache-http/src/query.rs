//! The query of a request: which of its parameters count.

use std::fmt::Write as _;

use cache_core::key::Recorder;
use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::percent_decode_str;

/// Which query parameters tell responses apart. A handler does not see the others.
///
/// Names are compared byte by byte, before percent-decoding. `true` is [`QueryParams::All`], `false` [`QueryParams::None`].
///
/// ```
/// use cache_http::{QueryParams, ResponseCache};
///
/// let cache = ResponseCache::builder().query_params(QueryParams::except(["utm_source", "fbclid"])).build();
/// # let _ = cache;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum QueryParams {
    /// All of them, in any order of their names; several of one name in their own order.
    #[default]
    All,
    /// None.
    None,
    /// Those of these names.
    Only(Vec<String>),
    /// Those of other names.
    Except(Vec<String>),
}

impl QueryParams {
    /// Those of these names.
    pub fn only<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::Only(names.into_iter().map(Into::into).collect())
    }

    /// Those of other names.
    pub fn except<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::Except(names.into_iter().map(Into::into).collect())
    }

    fn takes(&self, parameter: &str) -> bool {
        let name = name(parameter);
        match self {
            Self::All => true,
            Self::None => false,
            Self::Only(names) => names.iter().any(|known| known == name),
            Self::Except(names) => !names.iter().any(|known| known == name),
        }
    }

    /// The parameters of `query` that count, in their order.
    fn counted<'q>(&self, query: &'q str) -> impl Iterator<Item = &'q str> {
        query.split('&').filter(|parameter| self.takes(parameter))
    }

    /// Records path and query as they count, the parameters sorted by name; several of one name stay in their order.
    pub(crate) fn record(&self, uri: &Uri, target: &mut Recorder) {
        write(target, uri.path());
        let Some(query) = uri.query() else { return };
        // One parameter is sorted already.
        if *self == Self::All && !query.contains('&') {
            write(target, "?");
            return write(target, query);
        }
        let mut parameters: Vec<&str> = self.counted(query).collect();
        parameters.sort_by_cached_key(|parameter| decoded(name(parameter)));
        for (index, parameter) in parameters.into_iter().enumerate() {
            write(target, if index == 0 { "?" } else { "&" });
            write(target, parameter);
        }
    }

    /// `uri` as a handler is to see it; `None` if that is as it is.
    pub(crate) fn hide(&self, uri: &Uri) -> Option<Uri> {
        let query = uri.query()?;
        if *self == Self::All || query.split('&').all(|parameter| self.takes(parameter)) {
            return None;
        }
        let counted: Vec<&str> = self.counted(query).collect();
        let path = uri.path();
        let target = if counted.is_empty() { path.to_owned() } else { format!("{path}?{}", counted.join("&")) };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
        Uri::from_parts(parts).ok()
    }
}

impl From<bool> for QueryParams {
    fn from(all: bool) -> Self {
        if all { Self::All } else { Self::None }
    }
}

/// A recorder takes everything.
fn write(target: &mut Recorder, text: &str) {
    let _ = target.write_str(text);
}

/// A name as handlers read it: two that read the same are one, and their values stay in their order.
fn decoded(name: &str) -> Vec<u8> {
    percent_decode_str(&name.replace('+', " ")).collect()
}

fn name(parameter: &str) -> &str {
    parameter.split_once('=').map_or(parameter, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_values_of_one_name_keep_their_order() {
        let recorded = |query: &str| {
            let mut target = Recorder::new();
            QueryParams::All.record(&format!("/x?{query}").parse().unwrap(), &mut target);
            String::from_utf8(target.bytes().to_vec()).unwrap()
        };
        assert_eq!(recorded("b=2&a=1"), "/x?a=1&b=2");
        assert_eq!(recorded("a=2&b=&a=1"), "/x?a=2&a=1&b=");
        assert_ne!(recorded("a"), recorded("a="));
        assert_eq!(recorded("b=0&%61=2&a=1"), "/x?%61=2&a=1&b=0");
        assert_ne!(recorded("a=1&%61=2"), recorded("%61=2&a=1"));
        assert_eq!(recorded(""), "/x?");
        assert_eq!(recorded("&"), "/x?&");
    }

    #[test]
    fn what_does_not_count_is_hidden() {
        let uri: Uri = "http://h/x?a=1&utm=2&b=3".parse().unwrap();
        let hidden = |query: QueryParams| query.hide(&uri).map(|uri| uri.to_string());
        assert_eq!(hidden(QueryParams::All), None);
        assert_eq!(hidden(QueryParams::None).unwrap(), "http://h/x");
        assert_eq!(hidden(QueryParams::only(["b"])).unwrap(), "http://h/x?b=3");
        assert_eq!(hidden(QueryParams::except(["utm"])).unwrap(), "http://h/x?a=1&b=3");
        assert_eq!(hidden(QueryParams::except(["other"])), None);
    }
}
