//! A constructor can be cached: `Self` is its result.
#![deny(warnings)]

use larder::cached;

#[derive(Clone)]
struct Config {
    lines: Vec<String>,
}

impl Config {
    #[cached(companions)]
    fn parse(text: &str) -> Self {
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    #[cached(companions)]
    async fn read(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::parse(text))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    assert_eq!(Config::parse("a\nb").lines, ["a", "b"]);
    assert_eq!(Config::parse("a\nb").lines.len() + Config::parse("c").lines.len(), 3);
    assert_eq!(Config::parse_stats().runs, 2);
    assert!(Config::read("").await.is_none() && Config::read("c").await.is_some() && Config::read("c").await.is_some());
    assert_eq!((Config::read_stats().runs, Config::parse_stats().runs), (2, 2));
}
