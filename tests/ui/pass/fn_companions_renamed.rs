//! `companions = "…"` names the type with the operations, `companions = false` leaves it out.
#![deny(warnings)]

mod inner {
    #[larder::cached(companions = "operations")]
    pub(super) fn renamed(n: u64) -> u64 {
        n
    }

    #[larder::cached(companions = false)]
    pub(in super::inner) fn str(n: u64) -> String {
        n.to_string()
    }

    pub(super) mod shared {}

    #[larder::cached(companions = "of_shared")]
    pub(super) fn shared(n: u64) -> u64 {
        n
    }

    pub(super) fn text() -> &'static str {
        let number: &str = &str(1);
        if number == "1" { "one" } else { "?" }
    }
}

use inner::renamed as imported;

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((imported(1), imported(1), inner::operations::uncached(1), inner::text()), (1, 1, 1, "one"));
    assert_eq!((inner::operations::stats().runs, inner::operations::peek(1).unwrap()), (1, Some(1)));
    assert_eq!((inner::shared(1), inner::shared(1), inner::of_shared::stats().hits), (1, 1, 1));
}
