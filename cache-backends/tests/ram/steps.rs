//! What is done to the handler in memory and to a plain map beside it.

use proptest::prelude::*;

/// Functions, the last of which is the keys that are set directly; and keys of each.
pub(crate) const FUNCTIONS: usize = 3;
pub(crate) const KEYS: usize = 6;

/// A function and a key of it.
pub(crate) type Place = (usize, usize);

/// How something is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Always,
    Absent,
    /// If the last look at this key still holds, and (if asked for) the epoch that was seen then.
    Unchanged {
        with_epoch: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Put(Place, Option<u64>, How),
    Read(Place),
    Look(Place),
    Holds(Place),
    Invalidate(Place),
    /// Of one function, or of the handler.
    Renew(Option<usize>),
    Match(String),
    Reclaim,
    Advance(u64),
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = || (0..FUNCTIONS, 0..KEYS);
    let how = prop_oneof![
        2 => Just(How::Always),
        1 => Just(How::Absent),
        4 => any::<bool>().prop_map(|with_epoch| How::Unchanged { with_epoch }),
    ];
    // Lives in seconds; few are short.
    let life =
        proptest::option::weighted(0.9, prop_oneof![Just(0), 1_u64..30, Just(1_000), Just(1_000), Just(u64::MAX)]);
    let pattern = prop_oneof![
        Just("*".to_owned()),
        Just("g:*".to_owned()),
        Just("?".to_owned()),
        (0..KEYS).prop_map(|key| key.to_string()),
        (0..KEYS).prop_map(|key| format!("*:{key}")),
        Just("f*".to_owned()),
    ];
    let step = prop_oneof![
        8 => (place(), life, how).prop_map(|(place, life, how)| Step::Put(place, life, how)),
        4 => place().prop_map(Step::Read),
        6 => place().prop_map(Step::Look),
        2 => place().prop_map(Step::Holds),
        2 => place().prop_map(Step::Invalidate),
        1 => proptest::option::weighted(0.8, 0..FUNCTIONS - 1).prop_map(Step::Renew),
        1 => pattern.prop_map(Step::Match),
        1 => Just(Step::Reclaim),
        1 => (0_u64..40).prop_map(Step::Advance),
    ];
    proptest::collection::vec(step, 1..300)
}
