//! The bounds of a `where` clause count like those of the parameters.
#![deny(warnings)]

use larder::cached;
use std::collections::HashMap;
use std::hash::Hash;

#[cached]
async fn invert<K, V>(map: Vec<(K, V)>) -> HashMap<V, K>
where
    K: Hash + Clone + Send + Sync + 'static,
    V: Hash + Eq + Clone + Send + Sync + 'static,
    (K, V): Clone,
{
    map.into_iter().map(|(key, value)| (value, key)).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(invert(vec![(1u8, 2u16)]).await, HashMap::from([(2, 1)]));
        assert_eq!(invert(vec![(1u16, 2u8)]).await, HashMap::from([(2, 1)]));
    }
    assert_eq!((invert::stats().runs, invert::stats().hits), (2, 2));
    invert::invalidate(vec![(1u8, 2u16)]).await.unwrap();
    assert_eq!(invert::peek(vec![(1u16, 2u8)]).await.unwrap(), Some(HashMap::from([(2, 1)])));
}
