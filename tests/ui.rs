//! What the attribute says of mistakes, and shapes of functions that compile and do what they should.
//!
//! `TRYBUILD=overwrite cargo test --all-features --test ui` writes the messages down anew; `tests/ui/README.md` lists the cases.

/// Apart from the others: what only has to fail is checked in one go.
#[test]
fn mistakes_are_explained_at_their_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}

#[test]
fn every_shape_compiles_and_shares_what_it_should() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
