//! The body is inferred from the return type, as without the attribute.
#![deny(warnings)]

use larder::cached;
use std::collections::BTreeMap;

#[cached]
fn sync(n: u8) -> BTreeMap<u8, Vec<String>> {
    let mut map = BTreeMap::new();
    map.insert(n, Vec::new());
    map.into_iter().collect()
}

#[cached]
async fn later(n: u8) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    if n == 0 {
        return Ok(Default::default());
    }
    Ok((0..n).map(TryFrom::try_from).collect::<Result<_, _>>()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync(1), sync(2)), (BTreeMap::from([(1, vec![])]), BTreeMap::from([(2, vec![])])));
        assert_eq!((later(0).await.unwrap(), later(2).await.unwrap()), (vec![], vec![0, 1]));
    }
    assert_eq!((sync::stats().runs, later::stats().runs), (2, 2));
}
