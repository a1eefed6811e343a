//! The key that entries are encrypted with, as it stands in a configuration.

use std::fmt;
use std::str::FromStr;

use cache_core::Error;
use zeroize::Zeroize;

const LENGTH: usize = 32;

/// A secret of 32 random bytes, for [`RedisBuilder::encrypt`](crate::RedisBuilder::encrypt). It is never shown, and is
/// wiped from memory when it is dropped.
///
/// As text it is 64 hexadecimal digits or 44 characters of base64 (43 without padding; either alphabet). Make one with
/// `openssl rand -hex 32`. A password is no key: derive one from it with a function that is made for that.
///
/// ```
/// use cache_backends::EncryptionKey;
///
/// # let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// let key: EncryptionKey = text.parse()?; // read from the environment or a file of secrets
/// assert_eq!(format!("{key:?}"), "EncryptionKey(..)");
/// assert!("hunter2".parse::<EncryptionKey>().is_err());
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone)]
pub struct EncryptionKey([u8; LENGTH]);

impl EncryptionKey {
    /// The key of these bytes, which have to be random.
    #[must_use]
    pub const fn new(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Whether all of its bytes are the same: a variable that nobody filled.
    pub(super) fn is_blank(&self) -> bool {
        self.0.iter().all(|byte| *byte == self.0[0])
    }
}

impl Drop for EncryptionKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(..)")
    }
}

impl From<[u8; LENGTH]> for EncryptionKey {
    fn from(bytes: [u8; LENGTH]) -> Self {
        Self::new(bytes)
    }
}

/// Space around it is left out, such as the end of a line in a file.
///
/// # Errors
/// [`Error::Config`], which does not repeat the text, when it is no key.
impl FromStr for EncryptionKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim_ascii().as_bytes();
        let unpadded = if text.len() == 44 { text.strip_suffix(b"=") } else { Some(text) };
        let key = match (text.len(), unpadded) {
            (64, _) => decoded(text, 4, hexadecimal),
            (43 | 44, Some(digits)) => decoded(digits, 6, base64),
            _ => None,
        };
        key.ok_or_else(|| {
            Error::Config(vec![format!(
                "an encryption key is 64 hexadecimal digits or 44 characters of base64, and this text of {} bytes is \
                 neither: make one with `openssl rand -hex 32`",
                text.len()
            )])
        })
    }
}

impl TryFrom<&str> for EncryptionKey {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}

impl TryFrom<String> for EncryptionKey {
    type Error = Error;

    fn try_from(mut text: String) -> Result<Self, Error> {
        let key = text.parse();
        text.zeroize();
        key
    }
}

/// The key of these digits, each of which gives `bits`; `None` if they are not exactly one key.
fn decoded(digits: &[u8], bits: u32, value: fn(u8) -> Option<u8>) -> Option<EncryptionKey> {
    let mut key = EncryptionKey([0; LENGTH]);
    let mut bytes = key.0.iter_mut();
    let (mut pending, mut count) = (0_u32, 0);
    for digit in digits {
        pending = pending << bits | u32::from(value(*digit)?);
        count += bits;
        if count >= 8 {
            count -= 8;
            *bytes.next()? = (pending >> count) as u8;
            pending &= (1 << count) - 1;
        }
    }
    (bytes.next().is_none() && pending == 0).then_some(key)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

fn base64(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
