//! What the fingerprints promise: the last that left are remembered, older ones are forgotten, others never were there.

use super::ghost::Ghost;
use super::model::hash;

/// How many of `keys` are remembered. (Whoever is asked for is forgotten.)
fn remembered(ghost: &mut Ghost, keys: std::ops::Range<u64>) -> f64 {
    let count = (keys.end - keys.start) as f64;
    keys.filter(|key| ghost.take(hash(*key))).count() as f64 / count
}

/// A memory for `memory` leavings, after `count` of them.
fn after(memory: u64, count: u64) -> Ghost {
    let mut ghost = Ghost::new(memory as usize);
    (0..count).for_each(|key| ghost.put(hash(key)));
    ghost
}

/// Few and many leavings: also more than the marks count to, once and several times over.
fn cases() -> impl Iterator<Item = (u64, u64)> {
    let counts = [1_000, 65_530, 65_600, 131_100, 200_000, 470_000];
    let all = [100_u64, 460, 3_700, 30_000].into_iter().flat_map(move |memory| counts.map(|count| (memory, count)));
    all.filter(|(memory, count)| count >= &(memory * 3))
}

#[test]
fn nearly_all_of_the_last_that_left_are_remembered() {
    for (memory, count) in cases() {
        let recent = remembered(&mut after(memory, count), count - memory / 2..count);
        assert!(recent > 0.88, "{recent} of the last half of {memory}, after {count}");
        let all = remembered(&mut after(memory, count), count - memory..count);
        assert!(all > 0.65, "{all} of the last {memory}, after {count}");
    }
}

#[test]
fn who_left_before_the_last_ones_is_forgotten() {
    for (memory, count) in cases() {
        // The moments of a large memory are rounded to a few leavings.
        let old = remembered(&mut after(memory, count), 0..count - memory - memory / 1_000 - 2);
        assert!(old < 0.002, "{old} of those before the last {memory}, after {count}");
    }
}

#[test]
fn who_never_left_is_not_remembered() {
    for (memory, count) in cases() {
        let strange = remembered(&mut after(memory, count), 1_000_000..1_050_000);
        assert!(strange < 0.001, "{strange} of keys that were never there, {memory}, after {count}");
    }
}

#[test]
fn who_came_back_is_forgotten() {
    let mut ghost = after(3_700, 10_000);
    assert!(remembered(&mut ghost, 8_000..10_000) > 0.88);
    assert!(remembered(&mut ghost, 8_000..10_000) < 0.002);
}

#[test]
fn a_memory_of_few_remembers_just_those() {
    for memory in 1..8 {
        let mut ghost = after(memory, 1_000);
        // Of more, one or the other would have the fingerprint of another.
        let last: Vec<u64> = (950..1_000).filter(|key| ghost.take(hash(*key))).collect();
        assert_eq!(last, (1_000 - memory - 1..1_000).collect::<Vec<u64>>());
    }
}

#[test]
fn nothing_is_remembered_before_anyone_left() {
    assert_eq!(remembered(&mut Ghost::new(0), 0..1_000), 0.0);
    assert_eq!(remembered(&mut Ghost::new(1_000), 0..1_000), 0.0);
}
