//! Or-patterns, `@` and references in arguments.
#![deny(warnings)]

use larder::cached;

#[cached(key = "{n}-{whole:?}")]
fn either((Ok(n) | Err(n)): Result<u8, u8>, whole @ [_, ..]: [u8; 2], &mut _: &mut u8) -> u8 {
    n + whole[0]
}

#[cached]
fn plain((Ok(n) | Err(n)): Result<u8, u8>, &(a, ref b): &(u8, String), &mut c: &mut u8) -> u8 {
    n + a + b.len() as u8 + c
}

fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!(
            (either(Ok(1), [2, 3], &mut 1), either(Err(1), [2, 3], &mut 2), either(Err(1), [2, 4], &mut 1)),
            (3, 3, 3)
        );
        assert_eq!((plain(Ok(1), &(2, "ab".into()), &mut 1), plain(Err(1), &(2, "ab".into()), &mut 1)), (6, 6));
        assert_eq!((plain(Ok(1), &(2, "ba".into()), &mut 1), plain(Ok(1), &(2, "ab".into()), &mut 2)), (6, 7));
    }
    assert_eq!((either::stats().runs, plain::stats().runs), (2, 4));
}
