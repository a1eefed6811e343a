//! Keys as text, for stores of bytes, for logs and for `clear_matching`.
//!
//! | slot | text |
//! |---|---|
//! | set directly | `k:{key}` |
//! | function | `f:{version}#{name}:{digest}` |
//! | function with a `key` template | `f:{version}:{name}:{readable}` |
//! | response | `h:{version}:{namespace}:{path and query}~{digest}` |
//!
//! A readable key is the template with its fields escaped. Where that alone would not tell two keys apart (two fields
//! with nothing that a field escapes between them, or generic code) a `~` and the digest follow; no pattern is compared
//! with those.

use std::borrow::Cow;
use std::fmt::Write as _;
#[cfg(feature = "bytes")]
use std::io::Write as _;
use std::sync::Arc;

#[cfg(feature = "bytes")]
use super::identity::{IDENTITY_DIGITS, digits};
use super::{Key, Kind, OwnedKey, Space};

/// The literal parts of a template.
pub(crate) type Literals = &'static [&'static str];

impl Key<'_> {
    /// What `clear_matching` compares a pattern with: a direct key, `name:readable-key` of a function with a template,
    /// or `namespace:path` of a response. Other keys are matched by no pattern.
    #[must_use]
    pub fn subject(&self) -> Option<String> {
        Some(self.named()?.text_of(self.arguments))
    }

    /// What [`Key::subject`] is made of, beside the key's own bytes: cheap to keep where a subject is seldom asked for.
    #[must_use]
    pub fn named(&self) -> Option<Named> {
        let Space { kind, name, template, .. } = self.space;
        let named = || Named { kind: *kind, name: Arc::clone(name), template: *template };
        self.has_subject().then(named)
    }

    /// Whether [`Key::subject`] is some, without making it.
    #[must_use]
    pub fn has_subject(&self) -> bool {
        self.space.kind != Kind::Function || self.space.template.is_some()
    }

    /// A short name for logs and errors.
    #[must_use]
    pub fn label(&self) -> String {
        self.subject().unwrap_or_else(|| self.space.name.to_string())
    }
}

/// What the subject of a key is made of, beside the key's own bytes.
#[derive(Clone, Debug)]
pub struct Named {
    kind: Kind,
    name: Arc<str>,
    template: Option<Literals>,
}

impl Named {
    /// The subject of the key that this was [`Key::named`] of.
    #[must_use]
    pub fn subject_of(&self, key: &OwnedKey) -> String {
        self.text_of(&key.arguments)
    }

    /// The subject of the key with these arguments, of the owner that this was [`Key::named`] of.
    #[must_use]
    pub fn text_of(&self, arguments: &[u8]) -> String {
        match (self.kind, self.template) {
            (Kind::Function, Some(literals)) => [&*self.name, ":", &readable(arguments, literals)].concat(),
            (Kind::Response, _) => [&*self.name, ":", &*target(arguments)].concat(),
            (Kind::Direct | Kind::Function, _) => raw(arguments),
        }
    }
}

fn raw(arguments: &[u8]) -> String {
    String::from_utf8_lossy(arguments).into_owned()
}

/// What of a response's key can be read: the first part that was recorded.
fn target(arguments: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(split_frame(arguments).0)
}

/// The template filled in with what was recorded for its fields.
fn readable(arguments: &[u8], literals: Literals) -> String {
    let mut text = String::new();
    let mut rest = arguments;
    for (index, literal) in literals.iter().enumerate() {
        if index > 0 {
            let (field, after) = split_frame(rest);
            escape(field, &mut text);
            rest = after;
        }
        text.push_str(literal);
    }
    text
}

#[cfg(feature = "bytes")]
impl Key<'_> {
    /// The slot of this key on a store of bytes, without the handler's prefix.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        self.write_text(&mut text);
        // All that is written is UTF-8.
        String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Appends [`Key::text`] to `out`.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        let Space { kind, name, version, template, .. } = self.space;
        out.extend_from_slice(&[kind.letter() as u8, b':']);
        match (kind, template) {
            (Kind::Direct, _) => out.extend_from_slice(String::from_utf8_lossy(self.arguments).as_bytes()),
            (Kind::Response, _) => {
                let _ = write!(out, "{version}:{name}:{}~", target(self.arguments));
                out.extend_from_slice(&digits(&self.identity()));
            }
            (Kind::Function, Some(literals)) => {
                let _ = write!(out, "{version}:{name}:{}", readable(self.arguments, literals));
                let instance = self.instance_text();
                if !separates(literals) || !instance.is_empty() {
                    let _ = write!(out, "~{:0DIGEST_DIGITS$x}", short_digest(self.arguments, &instance));
                }
            }
            (Kind::Function, None) => {
                out.reserve(name.len() + IDENTITY_DIGITS + 8);
                if *version == 0 {
                    out.push(b'0');
                } else {
                    let _ = write!(out, "{version}");
                }
                for part in [b"#", name.as_bytes(), b":", &digits(&self.identity())] {
                    out.extend_from_slice(part);
                }
            }
        }
    }

    /// The subject of the slot `text` (without the handler's prefix), as [`Key::subject`] gives it for its key.
    #[must_use]
    pub fn subject_of(text: &str) -> Option<&str> {
        if let Some(key) = text.strip_prefix("k:") {
            return Some(key);
        }
        let response = text.strip_prefix("h:");
        let rest = response.or_else(|| text.strip_prefix("f:"))?;
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(':')?;
        if response.is_some() {
            rest.rsplit_once('~').map(|(subject, _digest)| subject)
        } else {
            Some(undigested(rest))
        }
    }

    /// What tells the instance of generic code from others, in any process; empty where the space does.
    pub(super) fn instance_text(&self) -> Cow<'static, str> {
        self.instance.map_or(Cow::Borrowed(""), |instance| instance.text(&self.space.path))
    }
}

/// How long a digest behind a readable key is.
#[cfg(feature = "bytes")]
const DIGEST_DIGITS: usize = 16;

/// Tells readable keys apart in this process and in others; what is read under them is checked in full.
#[cfg(feature = "bytes")]
fn short_digest(arguments: &[u8], instance: &str) -> u64 {
    use std::hash::Hasher as _;
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    fnv.write(arguments);
    fnv.write(instance.as_bytes());
    fnv.finish()
}

/// A readable key without the digest that may follow.
#[cfg(feature = "bytes")]
fn undigested(text: &str) -> &str {
    let is_digest = |text: &str| text.len() == DIGEST_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.rsplit_once('~').filter(|(_, digest)| is_digest(digest)).map_or(text, |(subject, _)| subject)
}

/// Splits what [`super::Recorder::part`] framed off the front of `bytes`.
fn split_frame(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return (bytes, &[]);
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    rest.split_at_checked(length).unwrap_or((rest, &[]))
}

/// Whether a byte of a field stands for itself in a readable key.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@') || byte >= 0x80
}

/// Everything but letters, digits and `-_.@` becomes `%XX`, so a field cannot look like a literal part beside it.
fn escape(field: &[u8], text: &mut String) {
    for character in String::from_utf8_lossy(field).chars() {
        if u8::try_from(character).is_ok_and(|byte| byte.is_ascii() && !is_plain(byte)) {
            let _ = write!(text, "%{:02X}", u32::from(character));
        } else {
            text.push(character);
        }
    }
}

/// Whether between any two fields stands something that a field escapes.
#[cfg(feature = "bytes")]
fn separates(literals: Literals) -> bool {
    let between = literals.get(1..literals.len().saturating_sub(1)).unwrap_or(&[]);
    between.iter().all(|literal| literal.bytes().any(|byte| !is_plain(byte) && byte != b'%'))
}

/// FNV-1a: the same in every process and build.
#[cfg(feature = "bytes")]
struct Fnv(u64);

#[cfg(feature = "bytes")]
impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::Recorder;
    use super::*;

    fn readable(literals: Literals, fields: &[&str]) -> String {
        let mut recorder = Recorder::new();
        for field in fields {
            recorder.display(format_args!("{field}"));
        }
        let space = Space::function("users", 0).with_template(literals);
        Key::new(&space, recorder.bytes()).subject().unwrap()
    }

    #[test]
    fn fields_are_escaped_so_that_they_do_not_meet() {
        assert_eq!(readable(&["user:", ":", ""], &["eng", "7"]), "users:user:eng:7");
        assert_eq!(readable(&["user:", ":", ""], &["eng:7", "é%"]), "users:user:eng%3A7:é%25");
    }

    #[cfg(feature = "bytes")]
    #[test]
    fn fields_with_nothing_between_them_are_told_apart_by_a_digest_that_no_pattern_sees() {
        let slot = |literals: Literals, fields: &[&str]| {
            let mut recorder = Recorder::new();
            for field in fields {
                recorder.display(format_args!("{field}"));
            }
            let space = Space::function("users", 0).with_template(literals);
            Key::new(&space, recorder.bytes()).text()
        };
        assert_ne!(slot(&["", "", ""], &["ab", "c"]), slot(&["", "", ""], &["a", "bc"]));
        assert_ne!(slot(&["", "x", ""], &["1x2", "3"]), slot(&["", "x", ""], &["1", "2x3"]));
        assert_eq!(Key::subject_of(&slot(&["", "", ""], &["ab", "c"])), Some("users:abc"));
    }
}
