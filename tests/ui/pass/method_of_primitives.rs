//! Methods whose other arguments are numbers and texts: the receiver counts with them, or is skipped.
#![deny(warnings)]

use larder::cached;

#[derive(Clone, Hash)]
struct Shop {
    name: &'static str,
    open: bool,
}

impl Shop {
    #[cached(companions)]
    fn price(&self, article: &str, pieces: u32) -> String {
        format!("{}{}{article}{pieces}", self.name, self.open)
    }

    #[cached(companions, skip(self))]
    fn anywhere(&self, article: &str) -> String {
        format!("{}{article}", self.name)
    }

    #[cached(companions)]
    async fn later(&self, article: &str) -> String {
        tokio::task::yield_now().await;
        format!("{}{article}", self.name)
    }

    #[cached(companions, skip(self))]
    async fn later_anywhere(&mut self, pieces: u64) -> String {
        tokio::task::yield_now().await;
        self.open = !self.open;
        format!("{}{pieces}", self.name)
    }

    #[cached(companions)]
    fn closed(self, pieces: u64) -> (&'static str, u64) {
        (self.name, pieces)
    }

    #[cached(companions)]
    fn total(pieces: u64, price: u64) -> u64 {
        pieces * price
    }
}

async fn check() {
    let (mut a, b) = (Shop { name: "a", open: true }, Shop { name: "b", open: true });
    for _ in 0..3 {
        assert_eq!(
            (a.price("x", 1), b.price("x", 1), a.price("x", 11)),
            ("atruex1".into(), "btruex1".into(), "atruex11".into())
        );
        assert_eq!((a.price("x1", 1), a.price("", 1)), ("atruex11".into(), "atrue1".into()));
        assert_eq!((a.anywhere("x"), b.anywhere("x"), b.anywhere("y")), ("ax".into(), "ax".into(), "by".into()));
        assert_eq!((a.later("x").await, b.later("x").await), ("ax".into(), "bx".into()));
        assert_eq!((a.later_anywhere(1).await, a.later_anywhere(2).await), ("a1".into(), "a2".into()));
        assert_eq!((b.clone().closed(1), b.clone().closed(2)), (("b", 1), ("b", 2)));
        assert_eq!((Shop::total(2, 6), Shop::total(3, 4), Shop::total(4, 3)), (12, 12, 12));
    }
    assert!(a.open, "two runs have turned it twice");
    assert_eq!((Shop::price_stats().runs, Shop::price_stats().hits), (5, 10));
    assert_eq!((Shop::anywhere_stats().runs, Shop::anywhere_stats().hits), (2, 7));
    assert_eq!((Shop::later_stats().runs, Shop::later_stats().hits), (2, 4));
    assert_eq!((Shop::later_anywhere_stats().runs, Shop::later_anywhere_stats().hits), (2, 4));
    assert_eq!((Shop::closed_stats().runs, Shop::closed_stats().hits), (2, 4));
    assert_eq!((Shop::total_stats().runs, Shop::total_stats().hits), (3, 6));
    assert_eq!((a.price_peek("x", 11).unwrap(), Shop::total_peek(6, 2).unwrap()), (Some("atruex11".into()), None));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
