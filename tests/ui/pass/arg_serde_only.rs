//! A type with serde and without `Hash` is keyed through serde, and what `skip_serializing_if` leaves out still counts.
#![deny(warnings)]

use larder::cached;
use serde::Serialize;

#[derive(Serialize)]
struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<f64>,
    names: Vec<String>,
}

#[cached]
fn run(query: &Query) -> f64 {
    query.first.unwrap_or(0.0) - query.second.unwrap_or(0.0) + query.names.len() as f64
}

fn main() {
    let _lab = larder::test::lab();
    let query =
        |first, second, names: &[&str]| Query { first, second, names: names.iter().map(|&name| name.into()).collect() };
    for _ in 0..2 {
        assert_eq!((run(&query(Some(1.0), None, &[])), run(&query(None, Some(1.0), &[]))), (1.0, -1.0));
        assert_eq!((run(&query(None, None, &["ab", "c"])), run(&query(None, None, &["a", "bc"]))), (2.0, 2.0));
        assert_eq!(run(&query(None, None, &[])), 0.0);
    }
    assert_eq!((run::stats().runs, run::stats().hits), (5, 5));
}
