//! Functions of one name in two blocks of one function never share.
#![deny(warnings)]

use larder::cached;

fn blocks(n: u32) -> [u32; 3] {
    let first = {
        #[cached]
        fn local(n: u32) -> u32 {
            n + 1
        }
        local(n)
    };
    let second = {
        #[cached]
        fn local(n: u32) -> u32 {
            n + 2
        }
        local(n)
    };
    let third = || {
        #[cached]
        fn local(n: u32) -> u32 {
            n + 3
        }
        local(n)
    };
    [first, second, third()]
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!(blocks(1), [2, 3, 4]);
    assert_eq!(blocks(1), [2, 3, 4]);
}
