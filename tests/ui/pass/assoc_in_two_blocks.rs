//! Types of one name in two blocks of one function, each with a method of one name, never share.
#![deny(warnings)]

use larder::cached;

fn blocks() -> (u32, u32) {
    let first = {
        struct Local;
        impl Local {
            #[cached]
            fn get(n: u32) -> u32 {
                n + 1
            }
        }
        Local::get(1)
    };
    let second = {
        struct Local;
        impl Local {
            #[cached]
            fn get(n: u32) -> u32 {
                n + 2
            }
        }
        Local::get(1)
    };
    (first, second)
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((blocks(), blocks()), ((2, 3), (2, 3)));
}
