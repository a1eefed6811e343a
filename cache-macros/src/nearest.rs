//! Which known name was probably meant.

use std::fmt::Write as _;

/// The candidate that is at most a third of its letters away from `name`, or else the only one that begins like it.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near =
        candidates.iter().map(|candidate| (distance(&name, candidate), *candidate)).filter(|(distance, candidate)| {
            // Something of it must be left: `b` is no slip of the finger for `a`.
            *distance <= name.len().min(candidate.len()).div_ceil(3) && *distance < name.len().max(candidate.len())
        });
    if let Some((_, candidate)) = near.min_by_key(|(distance, _)| *distance) {
        return Some(candidate);
    }
    let mut begun = candidates.into_iter().filter(|candidate| candidate.starts_with(&name));
    begun.next().filter(|_| begun.next().is_none())
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let before = match index {
            0 => "",
            _ if index + 1 == names.len() => " and ",
            _ => ", ",
        };
        let _ = write!(text, "{before}`{name}`");
    }
    text
}

/// Letters to change, add, remove, or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["handler", "ttl", "key", "cache_if", "cache_err"];
        assert_eq!(nearest("tll", known), Some("ttl"));
        assert_eq!(nearest("handlr", known), Some("handler"));
        assert_eq!(nearest("cache_iff", known), Some("cache_if"));
        assert_eq!(nearest("TTL", known), Some("ttl"));
        assert_eq!(nearest("hand", known), Some("handler"));
        assert_eq!(nearest("size", known), None);
        assert_eq!(nearest("x", ["a", "b"]), None);
        assert_eq!(nearest("options", ["companions"]), None);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
