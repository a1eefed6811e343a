//! What is called like a primitive type need not be one: an alias, or a type of the user's with a `KeyPart`, is what it is.
#![deny(warnings)]
#![allow(non_camel_case_types)]

mod aliases {
    use larder::cached;

    type u8 = u128;
    type u16 = String;
    type u32 = (core::primitive::u8, core::primitive::u8);
    type u64 = core::primitive::u8;
    type str = String;

    /// Two words by their names, and four indeed.
    #[cached]
    pub fn wide(a: u8, b: u8) -> (u8, u8) {
        (a, b)
    }

    /// Four words by their names, and two bytes indeed.
    #[cached]
    pub fn narrow(a: u64, b: u64, c: u64) -> (u64, u64, u64) {
        (a, b, c)
    }

    #[cached]
    pub fn texts(a: u16, b: &str, c: &u16) -> usize {
        a.len() + b.len() + c.len()
    }

    #[cached(companions = false)]
    pub fn pair(a: u32, b: u64) -> (u32, u64) {
        (a, b)
    }
}

mod types {
    use larder::cached;
    use larder::key::Recorder;

    pub struct u64(pub String);

    impl larder::KeyPart for u64 {
        fn record(&self, recorder: &mut Recorder) {
            self.0.record(recorder);
        }
    }

    /// Whatever it is given, it can only say what the value begins with.
    pub struct bool(pub Result<char, serde_json::Value>);

    impl larder::KeyPart for bool {
        fn record(&self, recorder: &mut Recorder) {
            self.0.as_ref().ok().record(recorder);
        }
    }

    #[cached]
    pub fn both(a: u64, n: u32, b: &u64) -> String {
        format!("{}{n}{}", a.0, b.0)
    }

    #[cached]
    pub async fn later(a: u64, n: u32) -> String {
        format!("{}{n}", a.0)
    }

    #[cached(companions = false)]
    pub fn first(begins: bool) -> Option<char> {
        begins.0.ok()
    }
}

async fn check() {
    let text = |text: &str| types::u64(text.into());
    for _ in 0..3 {
        assert_eq!((aliases::wide(1, 2), aliases::wide(2, 1), aliases::wide(3, 0)), ((1, 2), (2, 1), (3, 0)));
        assert_eq!((aliases::wide(0, 3), aliases::wide(u128::MAX, 0)), ((0, 3), (u128::MAX, 0)));
        assert_eq!((aliases::narrow(1, 2, 3), aliases::narrow(3, 2, 1)), ((1, 2, 3), (3, 2, 1)));
        let of = |a: &str, b: &str, c: &str| aliases::texts(a.into(), &b.into(), &c.into());
        assert_eq!((of("ab", "c", ""), of("a", "bc", ""), of("", "", "")), (3, 3, 0));
        assert_eq!((aliases::pair((1, 2), 3), aliases::pair((3, 2), 1)), (((1, 2), 3), ((3, 2), 1)));
        assert_eq!(
            (types::both(text("a"), 1, &text("b")), types::both(text("b"), 1, &text("a"))),
            ("a1b".into(), "b1a".into())
        );
        assert_eq!((types::later(text("a"), 1).await, types::later(text("a1"), 1).await), ("a1".into(), "a11".into()));
        assert_eq!((types::first(types::bool(Ok('x'))), types::first(types::bool(Ok('y')))), (Some('x'), Some('y')));
    }
    assert_eq!((aliases::wide::stats().runs, aliases::wide::stats().hits), (5, 10));
    assert_eq!((aliases::narrow::stats().runs, aliases::narrow::stats().hits), (2, 4));
    assert_eq!((aliases::texts::stats().runs, aliases::texts::stats().hits), (3, 6));
    assert_eq!((types::both::stats().runs, types::both::stats().hits), (2, 4));
    assert_eq!((types::later::stats().runs, types::later::stats().hits), (2, 4));
    assert_eq!((aliases::wide::peek(2, 1).unwrap(), aliases::wide::peek(1, 1).unwrap()), (Some((2, 1)), None));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    check().await;
    let _lab = larder::test::lab();
    check().await;
}
