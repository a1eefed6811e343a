//! Labels, loops, closures, macros and `let … else` in the body are the body's affair.
#![deny(warnings)]

use larder::cached;

#[cached]
fn sync(items: &[u8], stop: u8) -> Option<u8> {
    let Some(first) = items.first() else { return None };
    let found = 'outer: loop {
        for item in items {
            if *item == stop {
                break 'outer Some(*item);
            }
        }
        break None;
    };
    let double = |n: u8| -> Option<u8> { n.checked_mul(2) };
    found.and_then(double).or_else(|| matches!(first, 1).then_some(*first))
}

#[cached]
async fn later(items: Vec<u8>) -> Result<u8, std::num::TryFromIntError> {
    let mut sum = 0u8;
    for item in items {
        let next = async { u8::try_from(u32::from(item) * 100) };
        sum = sum.wrapping_add(next.await?);
    }
    Ok(sum)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    for _ in 0..2 {
        assert_eq!((sync(&[], 1), sync(&[1, 2], 2), sync(&[1, 2], 3), sync(&[2], 3)), (None, Some(4), Some(1), None));
        assert_eq!((later(vec![1, 2]).await, later(vec![3]).await.is_err()), (Ok(44), true));
    }
    assert_eq!((sync::stats().runs, later::stats().runs), (6, 3));
}
