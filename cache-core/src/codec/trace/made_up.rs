//! The values that are made up.

/// Texts to try, one each round: common types of the ecosystem take one of them.
pub(super) const TEXTS: [&str; 6] =
    ["1", "2000-01-01T00:00:00Z", "http://a.example/", "::1", "", "67e55044-10b1-426f-9247-bb680e5fe0c8"];
/// Bytes to try: the lengths of a UUID, of nothing, of a word, of a digest.
pub(super) const LENGTHS: [usize; 4] = [16, 0, 4, 32];
pub(super) const BYTES: [u8; 32] = [1; 32];
/// Numbers to try: `NonZero` refuses zero, a percentage a hundred and one.
pub(super) const NUMBERS: [u8; 3] = [1, 0, 100];

/// Another choice each round.
pub(super) fn of_round<T: Copy>(choices: &[T], round: u32) -> Option<T> {
    let at = usize::try_from(round).ok()?.checked_rem(choices.len())?;
    choices.get(at).copied()
}
