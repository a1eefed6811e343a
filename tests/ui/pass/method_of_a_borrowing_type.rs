//! Methods of a type that borrows: equal instances share, whatever they borrow from.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Parser<'a> {
    text: &'a str,
}

impl<'a> Parser<'a> {
    #[cached(companions)]
    fn find(&self, what: &'a str) -> Option<usize> {
        self.text.find(what)
    }

    #[cached(companions)]
    fn length(text: &'a str) -> usize {
        text.len()
    }
}

fn main() {
    let _lab = larder::test::lab();
    let (one, other) = (String::from("abc"), String::from("abc"));
    assert_eq!((Parser { text: &one }.find("b"), Parser { text: &other }.find("b")), (Some(1), Some(1)));
    assert_eq!((Parser { text: "bc" }.find("b"), Parser::length(&one), Parser::length(&other)), (Some(0), 3, 3));
    assert_eq!((Parser::find_stats().runs, Parser::find_stats().hits), (2, 1));
    assert_eq!((Parser::length_stats().runs, Parser { text: "abc" }.find_peek("b").unwrap()), (1, Some(1)));
}
