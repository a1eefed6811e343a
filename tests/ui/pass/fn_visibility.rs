//! Every visibility is kept, and the operations are as visible as the function.
#![deny(warnings)]

use larder::cached;

mod outer {
    pub mod inner {
        use larder::cached;

        #[cached]
        pub fn everywhere(n: u8) -> u8 {
            n
        }
        #[cached]
        pub(crate) fn in_the_crate(n: u8) -> u8 {
            n
        }
        #[cached]
        pub(super) fn in_the_parent(n: u8) -> u8 {
            n
        }
        #[cached]
        pub(in crate::outer) fn in_a_path(n: u8) -> u8 {
            n
        }
        #[cached]
        pub(self) fn here(n: u8) -> u8 {
            n
        }
        pub fn through(n: u8) -> u8 {
            here(n) + here::uncached(n)
        }
    }
    pub fn through(n: u8) -> u8 {
        inner::in_the_parent(n) + inner::in_a_path(n) + inner::in_a_path::peek(n).unwrap().unwrap()
    }
}

#[cached]
fn private(n: u8) -> u8 {
    n
}

fn main() {
    let _lab = larder::test::lab();
    use outer::inner::{everywhere, in_the_crate as imported};
    assert_eq!((everywhere(1), imported(1), outer::through(1), outer::inner::through(1), private(1)), (1, 1, 3, 2, 1));
    assert_eq!(
        (everywhere::peek(1).unwrap(), imported::peek(1).unwrap(), private::peek(1).unwrap()),
        (Some(1), Some(1), Some(1))
    );
}
