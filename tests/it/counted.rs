//! What is counted of functions, and of the handler that they share with what is asked for directly.

use larder::cached;

use crate::support::{KINDS, rig};

#[cached(handler = "it")]
async fn first(n: u64) -> u64 {
    n
}

#[cached(handler = "it")]
fn second(n: u64) -> u64 {
    n
}

#[tokio::test]
async fn the_hits_of_a_handler_are_those_of_its_functions_and_of_direct_calls() {
    for kind in KINDS {
        let rig = rig(kind);
        let lab = larder::test::lab_with(rig.cache.clone());
        lab.run(async {
            for _ in 0..6 {
                first(1).await;
                second(1);
            }
            rig.cache.set("key", 5_u64, 60).await.unwrap();
            for _ in 0..3 {
                assert_eq!(rig.cache.get::<u64>("key").await.unwrap(), Some(5));
            }
            assert_eq!((first::stats().hits, second::stats().hits), (5, 5), "{kind}");
        })
        .await;
        let stats = rig.cache.stats();
        let all = (stats.handlers[0].stats.hits, stats.totals.hits, stats.handlers[0].stats.misses);
        assert_eq!(all, (13, 13, 2), "{kind}");
    }
}
