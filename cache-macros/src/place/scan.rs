//! Finds the blocks of a source file and what they are blocks of.
//!
//! This is a lexer of what can hide a brace (comments, strings, characters) and no more. It is asked in cases where the
//! compiler has accepted the file, so it need not recognise mistakes.

use std::iter::Peekable;
use std::str::Chars;

use super::header::{Header, Kind};

/// Line and column, both from 1, the column in characters: as the compiler counts.
pub(super) type Position = (usize, usize);

#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    start: Position,
    end: Position,
    kind: Kind,
}

/// What the innermost block around `position` belongs to.
pub(super) fn innermost(blocks: &[Block], position: Position) -> Kind {
    let around = blocks.iter().filter(|block| block.start < position && position < block.end);
    around.max_by_key(|block| block.start).map_or(Kind::Other, |block| block.kind)
}

/// All blocks of a file.
pub(super) fn blocks(source: &str) -> Vec<Block> {
    let mut scanner = Scanner { chars: source.chars().peekable(), at: (1, 1), header: Header::default() };
    let (mut blocks, mut open) = (Vec::new(), Vec::new());
    while let Some(token) = scanner.next() {
        match token {
            Token::Open(start) => {
                let in_header = scanner.header.expects_value();
                let header = std::mem::take(&mut scanner.header);
                let kind = if in_header { Kind::Other } else { header.kind() };
                open.push((start, kind, in_header.then_some(header)));
            }
            Token::Close(end) => {
                if let Some((start, kind, header)) = open.pop() {
                    blocks.push(Block { start, end, kind });
                    scanner.header = header.unwrap_or_default();
                }
            }
        }
    }
    blocks
}

enum Token {
    Open(Position),
    Close(Position),
}

struct Scanner<'a> {
    chars: Peekable<Chars<'a>>,
    at: Position,
    header: Header,
}

impl Scanner<'_> {
    /// Up to the next brace.
    fn next(&mut self) -> Option<Token> {
        loop {
            let at = self.at;
            match self.bump()? {
                '{' => return Some(Token::Open(at)),
                '}' => return Some(Token::Close(at)),
                '/' if self.peek() == Some('/') => self.line_comment(),
                '/' if self.peek() == Some('*') => self.block_comment(),
                '"' => self.string(),
                '\'' => self.quote(),
                c if is_word(c) => self.word(c),
                '<' if self.peek() == Some('\'') => self.header.lifetimes(),
                c if c.is_whitespace() => {}
                punct => self.header.punct(punct),
            }
        }
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.chars.next()?;
        match next {
            '\n' => self.at = (self.at.0 + 1, 1),
            // The compiler reads `\r\n` as one character and a mark at the start of the file as none.
            '\u{feff}' if self.at == (1, 1) => {}
            _ => self.at.1 += 1,
        }
        Some(next)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    fn line_comment(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.bump();
        }
    }

    fn block_comment(&mut self) {
        let (mut depth, mut last) = (1, ' ');
        self.bump();
        while let Some(next) = self.bump() {
            match (last, next) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    last = next;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
            // Neither of the two begins another mark.
            last = ' ';
        }
    }

    fn string(&mut self) {
        while let Some(next) = self.bump() {
            match next {
                '\\' => drop(self.bump()),
                '"' => break,
                _ => {}
            }
        }
        self.header.punct('"');
    }

    /// `'a'`, `'\n'`, or a lifetime.
    fn quote(&mut self) {
        if self.peek() == Some('\\') {
            self.bump();
            self.bump();
            while self.bump().is_some_and(|c| c != '\'') {}
            return;
        }
        self.bump();
        if self.peek() == Some('\'') {
            self.bump();
            return;
        }
        while self.peek().is_some_and(is_word) {
            self.bump();
        }
    }

    /// A word, or the letters before a string: `r#"…"#`, `br"…"`, `b'x'`.
    fn word(&mut self, first: char) {
        let mut word = String::from(first);
        while let Some(next) = self.peek().filter(|c| is_word(*c)) {
            word.push(next);
            self.bump();
        }
        match (word.as_str(), self.peek()) {
            ("r" | "br" | "cr", Some('"' | '#')) => self.raw(),
            // A string or a character follows, and is read as one.
            ("b" | "c", Some('"' | '\'')) => {}
            _ => self.header.word(word),
        }
    }

    /// `r"…"`, `r##"…"##`, or a raw identifier.
    fn raw(&mut self) {
        let mut hashes = 0;
        while self.peek() == Some('#') {
            self.bump();
            hashes += 1;
        }
        if self.peek() != Some('"') {
            // `r#impl` is a name like any other.
            return self.header.word("r#".to_owned());
        }
        self.bump();
        while let Some(next) = self.bump() {
            if next == '"' {
                let mut seen = 0;
                while seen < hashes && self.peek() == Some('#') {
                    self.bump();
                    seen += 1;
                }
                if seen == hashes {
                    break;
                }
            }
        }
        self.header.punct('"');
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the innermost block around the mark `@` is.
    fn around(source: &str) -> Kind {
        let (mut line, mut column) = (1, 1);
        for c in source.chars().take_while(|c| *c != '@') {
            if c == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        innermost(&blocks(source), (line, column))
    }

    #[test]
    fn functions_in_modules_and_bodies_are_free() {
        for source in [
            "fn @f() {}",
            "struct S; mod m { fn @f() {} }",
            "impl S { fn m(&self) { fn @f() {} } }",
            "impl S { fn m() {} } fn @f() {}",
            "fn g(x: impl Fn()) { fn @f() {} }",
            "fn g() -> impl Sized { fn @f() {} }",
            "const N: usize = { fn @f() {} 1 };",
            "macro_rules! m { ($n:ident) => { fn @f() {} } }",
            "struct S { x: u8 } fn @f() {}",
            "r#impl! { fn @f() {} }",
        ] {
            assert_eq!(around(source), Kind::Other, "{source}");
        }
    }

    #[test]
    fn functions_in_impls_are_associated() {
        for source in [
            "impl S { fn @f() {} }",
            "#[a(b = \"{\")] impl<'a, T: Into<u8>> S<'a, T> where T: Copy { const X: u8 = 1; fn @f() {} }",
            "impl<F: for<'a> Fn(&'a u8)> S<F> { fn @f() {} }",
            "impl S<{ 1 + 1 }> { fn @f() {} }",
            "mod m { impl super::S { fn a() {} fn @f() {} } }",
            "macro_rules! m { () => { impl S { fn @f() {} } } }",
            "unsafe impl S { fn @f() {} }",
        ] {
            assert_eq!(around(source), Kind::Impl, "{source}");
        }
    }

    #[test]
    fn functions_in_traits_and_their_impls_have_nothing_beside_them() {
        for source in [
            "trait T { fn @f() {} }",
            "pub(crate) unsafe trait T: for<'a> X<'a> { fn @f() {} }",
            "impl<T> Tr<T> for S where T: Copy { fn @f() {} }",
            "impl Tr<{ 2 }> for S<{ 3 }> { fn @f() {} }",
            "unsafe impl Tr for Box<dyn for<'a> X<'a>> { fn @f() {} }",
        ] {
            assert_eq!(around(source), Kind::Trait, "{source}");
        }
    }

    #[test]
    fn what_hides_a_brace_is_skipped() {
        for hidden in [
            "// }\n",
            "/* } /* } */ } */",
            "const A: &str = \"}\\\"}\";",
            "const A: &str = r#\"}\"}\"#;",
            "const A: &[u8] = b\"}\";",
            "const A: char = '}';",
            "const A: char = '\\'';const B: char = '}';",
            "const A: char = '\\u{7d}';",
            "const A: u8 = b'}';",
            "fn g<'a>(x: &'a str) -> &'a str { x }",
            "/*/ } */",
        ] {
            let source = format!("impl S {{ {hidden} fn @f() {{}} }}");
            assert_eq!(around(&source), Kind::Impl, "{source}");
        }
    }
}
