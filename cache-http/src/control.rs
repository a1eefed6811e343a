//! The directives of `Cache-Control` (RFC 9111, 5.2).

use http::HeaderMap;
use http::header::CACHE_CONTROL;

/// What the lines of the header say together. Names are read whatever their case, arguments also in quotes; of what is said
/// twice or cannot be understood, the more careful holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directives {
    pub(crate) no_store: bool,
    pub(crate) no_cache: bool,
    pub(crate) private: bool,
    pub(crate) public: bool,
    pub(crate) must_revalidate: bool,
    pub(crate) only_if_cached: bool,
    /// Seconds.
    pub(crate) max_age: Option<u64>,
    /// Seconds.
    pub(crate) s_maxage: Option<u64>,
}

impl Directives {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut directives = Self::default();
        for line in headers.get_all(CACHE_CONTROL) {
            // Who knows what a quote that does not end has swallowed.
            let mut quotes = Quotes::default();
            for byte in line.as_bytes() {
                quotes.divides(*byte);
            }
            directives.no_store |= quotes.quoted;
            for element in split(line.as_bytes()) {
                directives.take(element);
            }
        }
        directives
    }

    fn take(&mut self, element: &[u8]) {
        let (name, argument) = match element.iter().position(|byte| *byte == b'=') {
            Some(at) => (element[..at].trim_ascii(), Some(element[at + 1..].trim_ascii())),
            None => (element, None),
        };
        // What is no directive may have been meant as one.
        self.no_store |= !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte));
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        // `private` and `no-cache` of certain fields only are taken for the whole response.
        match () {
            () if is("no-store") => self.no_store = true,
            () if is("no-cache") => self.no_cache = true,
            () if is("private") => self.private = true,
            () if is("public") => self.public = true,
            () if is("must-revalidate") => self.must_revalidate = true,
            () if is("only-if-cached") => self.only_if_cached = true,
            () if is("max-age") => shorten(&mut self.max_age, argument),
            () if is("s-maxage") => shorten(&mut self.s_maxage, argument),
            () => {}
        }
    }
}

/// An age that cannot be read is none at all: what it is said of is stale.
fn shorten(age: &mut Option<u64>, argument: Option<&[u8]>) {
    let seconds = argument.and_then(seconds).unwrap_or(0);
    *age = Some(age.map_or(seconds, |known| known.min(seconds)));
}

/// A number of seconds (RFC 9111, 1.2.2); one that is too large is as large as can be.
pub(crate) fn seconds(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let fold = |number: u64, digit: &u8| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(digits.iter().fold(0, fold))
}

/// The elements of a list, divided by the commas that are not in quotes.
pub(crate) fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quotes = Quotes::default();
    line.split(move |byte| quotes.divides(*byte)).map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

/// Whether one is inside of a quoted string (RFC 9110, 5.6.4).
#[derive(Clone, Copy, Debug, Default)]
struct Quotes {
    quoted: bool,
    escaped: bool,
}

impl Quotes {
    /// Goes on by a byte; gives whether it divides elements.
    const fn divides(&mut self, byte: u8) -> bool {
        let divides = byte == b',' && !self.quoted;
        if byte == b'"' && !self.escaped {
            self.quoted = !self.quoted;
        }
        self.escaped = self.quoted && byte == b'\\' && !self.escaped;
        divides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directives(lines: &[&str]) -> Directives {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CACHE_CONTROL, line.parse().unwrap());
        }
        Directives::of(&headers)
    }

    #[test]
    fn names_have_no_case_and_lines_are_joined() {
        let read = directives(&["No-Store , max-age=60", "PRIVATE"]);
        assert!(read.no_store && read.private);
        assert_eq!(read.max_age, Some(60));
    }

    #[test]
    fn what_is_unclear_is_stale() {
        assert_eq!(directives(&["max-age=60, max-age=10"]).max_age, Some(10));
        for unclear in ["max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=x"] {
            assert_eq!(directives(&[unclear]).max_age, Some(0), "{unclear}");
        }
        assert_eq!(directives(&["max-age=99999999999999999999999"]).max_age, Some(u64::MAX));
        assert_eq!(directives(&["max-age=\"60\""]).max_age, Some(60));
    }

    #[test]
    fn what_is_malformed_is_not_stored() {
        for malformed in ["foo=\"bar, no-store", "no-store; max-age=60", "\"no-store\"", "no store"] {
            assert!(directives(&[malformed]).no_store, "{malformed}");
        }
        assert!(!directives(&["nothing-to-see-here, a=b c"]).no_store);
    }

    #[test]
    fn quoted_arguments_are_no_directives() {
        assert_eq!(directives(&["ext=\"a, no-store\", max-age=5"]), directives(&["max-age=5"]));
        assert!(directives(&["private=\"set-cookie, x\""]).private);
        assert!(directives(&["ext=\"\\\"\", no-store"]).no_store);
        assert!(!directives(&["ext=\"\\\"\", public"]).no_store);
    }
}
