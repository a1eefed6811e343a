//! What the attribute says of mistakes, and shapes of functions that compile.
//!
//! `TRYBUILD=overwrite cargo test --features test --test ui` writes the messages down anew.
#[test]
fn mistakes_are_explained_at_their_token_and_every_shape_compiles() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
