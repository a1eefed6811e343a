//! A function that is called `main` and is not the program's is like any other.
#![deny(warnings)]

mod cli {
    #[larder::cached]
    pub fn main(n: u64) -> u64 {
        n
    }
}

struct Page;

impl Page {
    #[larder::cached]
    fn main() -> u64 {
        7
    }
}

fn main() {
    let _lab = larder::test::lab();
    assert_eq!((cli::main(1), cli::main(1), cli::main::stats().runs), (1, 1, 1));
    assert_eq!((Page::main(), Page::main()), (7, 7));
}
