//! Negotiating the language of a response among those that a layer knows (RFC 9110, 12.5.4; RFC 4647, 3.4).

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// More ranges than this are not read; no browser sends a third of them.
const MOST_RANGES: usize = 64;

/// The language of `known` that a request with these headers gets; the first where none is asked for.
pub(crate) fn negotiate<'k>(headers: &HeaderMap, known: &'k [String]) -> Option<&'k str> {
    if known.is_empty() {
        return None;
    }
    let mut ranges: Vec<(u16, &str)> = headers
        .get_all(ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(range)
        .take(MOST_RANGES)
        .collect();
    let refuses =
        |language: &str| ranges.iter().any(|(quality, range)| *quality == 0 && range.eq_ignore_ascii_case(language));
    let refused: Vec<bool> = known.iter().map(|language| refuses(language)).collect();
    ranges.retain(|(quality, _)| *quality > 0);
    // The sort is stable: of two that are equally wanted, the first is taken.
    ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    let first = refused.iter().position(|refused| !refused).unwrap_or(0);
    let found = ranges.iter().find_map(|(_, range)| match *range {
        "*" => Some(first),
        range => lookup(range, known).filter(|at| !refused[*at]),
    });
    known.get(found.unwrap_or(first)).map(String::as_str)
}

/// Where the language stands that is `range`, or else one that it is a part of, or else what is left of it when subtags
/// are taken off its end.
fn lookup(range: &str, known: &[String]) -> Option<usize> {
    let mut tag = range;
    loop {
        if let Some(at) = known.iter().position(|language| language.eq_ignore_ascii_case(tag)) {
            return Some(at);
        }
        let narrower = |language: &String| {
            let (start, rest) = language.as_bytes().split_at_checked(tag.len()).unwrap_or_default();
            !start.is_empty() && start.eq_ignore_ascii_case(tag.as_bytes()) && rest.starts_with(b"-")
        };
        if let Some(at) = known.iter().position(narrower) {
            return Some(at);
        }
        tag = tag.rsplit_once('-')?.0;
    }
}

/// One range of the header, with its quality in thousandths; none if it is malformed.
fn range(element: &str) -> Option<(u16, &str)> {
    let mut parts = element.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let mut quality = 1_000;
    for parameter in parts {
        let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
        quality = thousandths(value)?;
    }
    Some((quality, range))
}

/// `0.9` as 900; at most three digits and at most 1 (RFC 9110, 12.4.2).
fn thousandths(value: &str) -> Option<u16> {
    let (whole, digits) = value.split_once('.').unwrap_or((value, ""));
    if digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{digits:0<3}").parse().ok()?;
    match whole {
        "" | "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_highest_quality_that_is_known() {
        let known = ["en".to_owned(), "it".to_owned(), "pt-BR".to_owned()];
        for (asked, given) in [
            ("it-IT,it;q=.9", "it"),
            ("it", "it"),
            ("de, it;q=0.3, en;q=0.2", "it"),
            ("fr", "en"),
            ("pt", "pt-BR"),
            ("*;q=0.1, it;q=0.05", "en"),
            ("it;q=0, *", "en"),
            ("en;q=0, *", "it"),
            ("en;q=0", "it"),
            ("it;q=2, en", "en"),
            ("", "en"),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, asked.parse().unwrap())]);
            assert_eq!(negotiate(&headers, &known), Some(given), "{asked}");
        }
        assert_eq!(negotiate(&HeaderMap::new(), &[]), None);
    }
}
