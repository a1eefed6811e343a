//! A method that takes `self` consumes it in the run, and is keyed by it.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Name(String);

impl Name {
    #[cached(companions)]
    fn into_upper(self, suffix: &str) -> String {
        let Self(name) = self;
        name.to_uppercase() + suffix
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Name("a".into()).into_upper("!"), "A!");
    assert_eq!(Name("b".into()).into_upper("!"), "B!");
    assert_eq!(Name("a".into()).into_upper("?"), "A?");
    assert_eq!(Name("a".into()).into_upper("!"), "A!");
    assert_eq!((Name::into_upper_stats().runs, Name::into_upper_stats().hits), (3, 1));
}
