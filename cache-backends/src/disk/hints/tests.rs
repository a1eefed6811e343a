//! What is remembered of a state is never taken for another's, however many there are between them.

use super::*;
use crate::disk::table::ADDRESS;

fn address(number: u64) -> Address {
    let mut address = [0; ADDRESS];
    address[ADDRESS - 8..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    address
}

#[test]
fn a_hint_is_of_the_state_that_it_was_learned_in_and_of_no_other() {
    for first in [1, u64::from(u32::MAX) - 5] {
        for state in [first, first + 1, first + 1_000_000, first + (1 << 30)] {
            let hints = Hints::new(1, first);
            (0..100).for_each(|number| hints.learn(&address(number), state, 4_096 + 2 * number as usize));
            let found = (0..100).filter(|number| hints.get(&address(*number), state).is_some()).count();
            assert!(found > 90, "only {found} of 100 are remembered");
            let later = (0..63).flat_map(|bit| [state + (1 << bit), state + (3 << bit) / 2, state + (1 << bit) - 1]);
            for other in later.filter(|other| *other != state) {
                assert!((0..100).all(|number| hints.get(&address(number), other).is_none()), "{state} and {other}");
            }
        }
    }
}
