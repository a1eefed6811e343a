//! What stands in front of a block, and what kind of block that makes it.

/// What a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `impl Type`.
    Impl,
    /// `trait Name`, `impl Trait for Type`.
    Trait,
    /// A module, a function, a loop, …
    Other,
}

/// The words since the last block or statement.
#[derive(Default)]
pub(super) struct Header {
    words: Vec<String>,
    /// Inside of `(…)` and `[…]`, whose words do not count.
    depth: usize,
    last: Option<char>,
    /// `for<'a>` is not the `for` of `impl Trait for Type`.
    pending_for: bool,
    has_for: bool,
}

impl Header {
    pub(super) fn word(&mut self, word: String) {
        self.settle();
        if self.depth == 0 {
            self.pending_for = word == "for";
            self.words.push(word);
        }
        self.last = Some('a');
    }

    pub(super) fn punct(&mut self, punct: char) {
        match punct {
            '(' | '[' => self.depth += 1,
            ')' | ']' => self.depth = self.depth.saturating_sub(1),
            ';' if self.depth == 0 => *self = Self::default(),
            _ => {}
        }
        self.last = Some(punct);
    }

    /// `<'a`: what stands in front of it is no `for` of an impl.
    pub(super) fn lifetimes(&mut self) {
        self.pending_for = false;
        self.last = Some('<');
    }

    /// What follows a `for` tells which one it was.
    fn settle(&mut self) {
        self.has_for |= std::mem::take(&mut self.pending_for);
    }

    /// A brace here would be a const argument: `impl Trait<{ N }> for …`.
    pub(super) fn expects_value(&self) -> bool {
        matches!(self.last, Some('<' | ',' | '=')) && matches!(self.first(), "impl" | "trait")
    }

    fn first(&self) -> &str {
        let modifier = |word: &&String| !matches!(word.as_str(), "pub" | "unsafe" | "default" | "auto" | "const");
        self.words.iter().find(modifier).map_or("", String::as_str)
    }

    pub(super) fn kind(&self) -> Kind {
        match self.first() {
            "impl" if self.has_for || self.pending_for => Kind::Trait,
            "impl" => Kind::Impl,
            "trait" => Kind::Trait,
            _ => Kind::Other,
        }
    }
}
