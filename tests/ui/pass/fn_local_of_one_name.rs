//! Local functions of one name in two functions never share.
#![deny(warnings)]

use larder::cached;

fn first(n: u64) -> u64 {
    #[cached]
    fn local(n: u64) -> u64 {
        n + 1
    }
    local(n)
}

async fn second(n: u64) -> u64 {
    #[cached]
    async fn local(n: u64) -> u64 {
        n + 2
    }
    local(n).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((first(1), second(1).await), (2, 3));
    }
}
