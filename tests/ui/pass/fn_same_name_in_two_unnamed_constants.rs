//! Functions of one name in two `const _` blocks never share: such blocks are what derive macros make.
#![deny(warnings)]

use larder::cached;

trait Get {
    fn get(n: u32) -> u32;
}
struct One;
struct Two;

const _: () = {
    #[cached]
    fn get(n: u32) -> u32 {
        n + 1
    }
    impl Get for One {
        fn get(n: u32) -> u32 {
            get(n)
        }
    }
};

const _: () = {
    #[cached]
    fn get(n: u32) -> u32 {
        n + 2
    }
    impl Get for Two {
        fn get(n: u32) -> u32 {
            get(n)
        }
    }
};

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((One::get(1), Two::get(1)), (2, 3));
    }
}
