//! What tells a key from others in any process: digests of all that it consists of.

use super::{Key, Kind, Space};

impl Key<'_> {
    /// A BLAKE3 digest of everything that tells this key from others, in this process and in any other.
    #[must_use]
    pub fn identity(&self) -> [u8; 32] {
        self.digest.map_or_else(|| self.make_identity(), |digest| *digest.get_or_init(|| self.make_identity()))
    }

    fn make_identity(&self) -> [u8; 32] {
        // What does not change from call to call is the key of the hash, so most arguments are hashed in one step.
        blake3::keyed_hash(&self.seal(), self.arguments).into()
    }

    /// A BLAKE3 digest of whose key this is: with the arguments, it tells this key from others as [`Key::identity`] does.
    #[must_use]
    pub fn seal(&self) -> [u8; 32] {
        let seal = self.space.seal();
        if self.instance.is_none() {
            return *seal;
        }
        let instance = self.instance_text();
        if instance.is_empty() {
            return *seal;
        }
        blake3::keyed_hash(seal, instance.as_bytes()).into()
    }

    /// What frames are sealed with. A slot that is readable in part may be another key's too, if someone picks its fields for
    /// that, so there it is the identity. Every other slot is one of exactly this key (that of a key that is set directly has
    /// all of it), and the seal is for accidents.
    ///
    /// One exception: of two handlers on a server, one's prefix may begin with the other's. Then two keys that are set directly may
    /// have one slot, and differ in their length, which is in the seal for that.
    pub(crate) fn imprint(&self) -> [u8; 32] {
        if self.has_subject() && self.space.kind != Kind::Direct {
            return self.identity();
        }
        let mut imprint = self.seal();
        imprint[16..].copy_from_slice(&twox_hash::XxHash3_128::oneshot(self.arguments).to_le_bytes());
        if self.space.kind == Kind::Direct {
            let length = self.arguments.len() as u64;
            imprint[8..16].iter_mut().zip(length.to_le_bytes()).for_each(|(byte, of_length)| *byte ^= of_length);
        }
        imprint
    }
}

impl Space {
    /// A digest of everything that tells this space from others, made once.
    fn seal(&self) -> &[u8; 32] {
        self.seal.get_or_init(|| {
            let mut hasher = blake3::Hasher::new_derive_key("larder 2 space");
            hasher.update(&self.version.to_le_bytes());
            hasher.update(&[self.kind.letter() as u8, u8::from(self.template.is_some())]);
            hasher.update(self.name.as_bytes());
            hasher.finalize().into()
        })
    }
}

/// How many bytes of the identity tell slots apart: 192 bits, of which an attacker who picks arguments finds no two alike.
const IDENTITY: usize = 24;
pub(super) const IDENTITY_DIGITS: usize = IDENTITY / 3 * 4;

/// The first bytes of an identity in base64url (RFC 4648, section 5): what a server keeps for each entry, and is sent with each
/// look, is a third shorter than it is in hexadecimal.
pub(super) fn digits(identity: &[u8; 32]) -> [u8; IDENTITY_DIGITS] {
    let mut digits = [0; IDENTITY_DIGITS];
    for (eight, [a, b, c, d, e, f]) in digits.as_chunks_mut::<8>().0.iter_mut().zip(identity.as_chunks::<6>().0) {
        // 24 bits of each half, 12 of each fourth, 6 of each byte.
        let six = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
        let halves = (six & 0xFFFF_FF00_0000) << 8 | six & 0xFF_FFFF;
        let fourths = (halves & 0x00FF_F000_00FF_F000) << 4 | halves & 0x0000_0FFF_0000_0FFF;
        let bytes = (fourths & 0x0FC0_0FC0_0FC0_0FC0) << 2 | fourths & 0x003F_003F_003F_003F;
        *eight = bytes.to_be_bytes();
    }
    digits.map(digit)
}

/// The digit of a number below 64. It has no branch, so that many are made at once.
const fn digit(number: u8) -> u8 {
    const fn from(number: u8, first: u8, by: u8) -> u8 {
        if number >= first { by } else { 0 }
    }
    // What each row of digits is further off from the one before it.
    number
        .wrapping_add(b'A')
        .wrapping_add(from(number, 26, b'a' - 26 - b'A'))
        .wrapping_sub(from(number, 52, b'a' + 26 - b'0'))
        .wrapping_sub(from(number, 62, b'0' + 10 - b'-'))
        .wrapping_add(from(number, 63, b'_' - 1 - b'-'))
}

/// A digest that is made when it is first asked for. It is nothing to begin with, not even zeros: every call has room for one, and
/// few ask for it.
pub(crate) type Digest = std::sync::OnceLock<[u8; 32]>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_two_lengths_that_one_slot_may_be_of_differ_in_what_no_hash_decides() {
        let space = Space::direct();
        let sealed = |key: &str| Key::new(space, key.as_bytes()).imprint();
        assert_ne!(sealed("x")[8..16], sealed("k:x")[8..16]);
        assert_eq!(sealed("x")[..8], sealed("k:x")[..8]);
    }

    #[test]
    fn an_identity_is_written_in_base64url() {
        let identity = std::array::from_fn(|at| 251_u8.wrapping_add((at as u8).wrapping_mul(37)));
        assert_eq!(&digits(&identity), b"-yBFao-02f4jSG2St9wBJktwlbrfBClO");
        let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        assert!(all.iter().enumerate().all(|(number, letter)| digit(number as u8) == *letter));
    }
}
