//! Patterns for keys, as `clear_matching` takes them.

/// A pattern for keys: `*` is any text, `?` any one character, `\` takes the next character as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    Char(char),
}

impl Pattern {
    /// The pattern that `text` writes.
    ///
    /// ```
    /// use cache_core::Pattern;
    ///
    /// assert!(Pattern::new("user*").matches("user:7"));
    /// assert!(!Pattern::new("user?").matches("user"));
    /// assert!(Pattern::new(r"a\*").matches("a*"));
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            pieces.push(match character {
                '*' => Piece::Any,
                '?' => Piece::One,
                '\\' => Piece::Char(characters.next().unwrap_or('\\')),
                other => Piece::Char(other),
            });
        }
        Self(pieces)
    }

    /// How it is written.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Any => text.push('*'),
                Piece::One => text.push('?'),
                Piece::Char(character) => {
                    if matches!(character, '*' | '?' | '\\') {
                        text.push('\\');
                    }
                    text.push(*character);
                }
            }
        }
        text
    }

    /// Whether all of `text` matches. The time it takes grows with the product of the two lengths at most.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut piece) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(piece) {
                Some(Piece::Any) => {
                    retry = Some((piece, at));
                    piece += 1;
                    continue;
                }
                Some(Piece::One) => {
                    (at, piece) = (at + 1, piece + 1);
                    continue;
                }
                Some(Piece::Char(expected)) if *expected == text[at] => {
                    (at, piece) = (at + 1, piece + 1);
                    continue;
                }
                _ => {}
            }
            let Some((star, from)) = retry else { return false };
            retry = Some((star, from + 1));
            (at, piece) = (from + 1, star + 1);
        }
        self.0[piece..].iter().all(|piece| *piece == Piece::Any)
    }

    /// The pattern in the syntax of Redis' `SCAN … MATCH`, everything but `*` and `?` escaped.
    #[must_use]
    pub fn to_glob(&self) -> String {
        let mut glob = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Any => glob.push('*'),
                Piece::One => glob.push('?'),
                Piece::Char(character) => {
                    if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
                        glob.push('\\');
                    }
                    glob.push(*character);
                }
            }
        }
        glob
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("a*b*c", "a__b__b_c", true),
            ("a*b*c", "a__c", false),
            ("user?", "userü", true),
            ("user", "user:1", false),
            ("[a]", "a", false),
            ("**x", "yyx", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        assert!(!Pattern::new(&format!("{}b", "*a".repeat(50))).matches(&"a".repeat(5_000)));
    }

    #[test]
    fn globs_of_redis_are_escaped() {
        assert_eq!(Pattern::new("a[b]*?\\*").to_glob(), "a\\[b\\]*?\\*");
    }
}
