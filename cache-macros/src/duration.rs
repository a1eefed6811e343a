//! Duration strings: `"1h30m"`, `"500ms"`, `"30"`, `"forever"`.

use std::time::Duration;

/// What can be written, for the messages of everything that takes a duration.
pub(crate) const FORMS: &str = "write whole seconds (`30`), a duration string (`\"1h30m\"`, `\"500ms\"`; units `ms`, `s`, \
                                `m`, `h`, `d` and `w`), or `\"forever\"`";

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A duration string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    For(Duration),
    Forever,
}

/// Reads a duration string, or says in half a sentence what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Span, String> {
    if text == "forever" {
        return Ok(Span::Forever);
    }
    let millis = match text.parse::<u64>() {
        Ok(seconds) => seconds.checked_mul(1_000).ok_or_else(too_long)?,
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => return Err(too_long()),
        Err(_) => parts(text)?,
    };
    if millis == 0 {
        return Err("it is no time at all, and `ttl = 0` (which stores nothing) is written as a number".to_owned());
    }
    Ok(Span::For(Duration::from_millis(millis)))
}

/// The sum of `1h30m`, whose units stand in falling order.
fn parts(text: &str) -> Result<u64, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut units = UNITS.iter();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        if number.is_empty() {
            return Err(format!("there is no whole number before `{rest}`"));
        }
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        total = add(total, number, millis_of(unit, number, after, &mut units)?)?;
        rest = after.trim_start();
    }
    Ok(total)
}

/// The length of `unit`, which must be shorter than the units before it; `rest` follows it.
fn millis_of(
    unit: &str,
    number: &str,
    rest: &str,
    left: &mut std::slice::Iter<'_, (&str, u64)>,
) -> Result<u64, String> {
    if unit.is_empty() && rest.starts_with(['.', ',']) {
        return Err("a number has no fraction, so take a shorter unit".to_owned());
    }
    if unit.is_empty() {
        return Err(format!("`{number}` has no unit"));
    }
    if !UNITS.iter().any(|(name, _)| *name == unit) {
        return Err(format!("`{unit}` is no unit"));
    }
    let found = left.find(|(name, _)| *name == unit);
    found.map(|(_, millis)| *millis).ok_or_else(|| format!("`{unit}` stands after a shorter unit, or twice"))
}

fn add(total: u64, number: &str, unit: u64) -> Result<u64, String> {
    let number: u64 = number.parse().map_err(|_| too_long())?;
    number.checked_mul(unit).and_then(|millis| total.checked_add(millis)).ok_or_else(too_long)
}

fn too_long() -> String {
    "it is longer than can be counted, so write `\"forever\"`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> u128 {
        match parse(text).unwrap() {
            Span::For(duration) => duration.as_millis(),
            Span::Forever => panic!("{text} is forever"),
        }
    }

    #[test]
    fn every_unit_and_their_sums() {
        assert_eq!(millis("500ms"), 500);
        assert_eq!(millis("30"), 30_000);
        assert_eq!(millis("30s"), 30_000);
        assert_eq!(millis("1h30m"), 5_400_000);
        assert_eq!(millis("1h 30m"), 5_400_000);
        assert_eq!(millis("1w1d1h1m1s1ms"), 694_861_001);
        assert_eq!(parse("forever"), Ok(Span::Forever));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("", "empty"),
            ("  ", "empty"),
            ("0s", "no time"),
            ("0", "no time"),
            ("h", "no whole number before `h`"),
            ("-1s", "no whole number before `-1s`"),
            ("1.5h", "no fraction"),
            ("1h30", "`30` has no unit"),
            ("5min", "`min` is no unit"),
            ("30m1h", "`h` stands after"),
            ("1h1h", "`h` stands after"),
            ("99999999999999999w", "longer than"),
            ("18446744073709551615", "longer than"),
            ("99999999999999999999", "longer than"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(part), "{text:?}: {problem}");
        }
    }
}
