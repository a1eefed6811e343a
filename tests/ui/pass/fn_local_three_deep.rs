//! Cached functions may stand in cached functions, three deep.
#![deny(warnings)]

use larder::cached;

#[cached]
fn one(n: u64) -> u64 {
    #[cached]
    fn two(n: u64) -> u64 {
        #[cached]
        async fn three(n: u64) -> u64 {
            n * 2
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { three(n).await + three(n).await + u64::from(three::stats().runs) })
    }
    two(n) + two(n) + u64::from(two::stats().runs)
}

fn main() {
    let _lab = larder::test::lab();
    let expected = 2 * (2 + 2 + 1) + 1;
    assert_eq!((one(1), one(1), one::stats().runs), (expected, expected, 1));
}
