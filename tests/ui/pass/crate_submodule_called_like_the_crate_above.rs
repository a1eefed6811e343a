//! Functions deep in modules, with items of one name at every level, never share.
#![deny(warnings)]

mod a {
    #[larder::cached]
    pub fn get(n: u8) -> u8 {
        n + 1
    }
    pub mod b {
        #[larder::cached]
        pub fn get(n: u8) -> u8 {
            n + 2
        }
        pub mod a {
            #[larder::cached]
            pub fn get(n: u8) -> u8 {
                n + 3
            }
        }
    }
}

#[larder::cached]
fn get(n: u8) -> u8 {
    n
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((get(1), a::get(1), a::b::get(1), a::b::a::get(1)), (1, 2, 3, 4));
    }
    a::get::clear().unwrap();
    assert_eq!(
        (get::peek(1).unwrap(), a::get::peek(1).unwrap(), a::b::get::peek(1).unwrap()),
        (Some(1), None, Some(3))
    );
}
