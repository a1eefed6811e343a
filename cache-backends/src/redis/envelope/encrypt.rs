//! Encryption of entries: XChaCha20-Poly1305, with a random nonce for each write.
//!
//! A nonce of 24 bytes may be random for every write there will ever be. What is authenticated beside the contents
//! is the header and the whole key on the server, so an entry is nothing under another key, prefix, or kind of slot.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};

use super::MAGIC;
use super::key::EncryptionKey;

/// The form of contents that are encrypted.
const SEALED: u8 = 128;

const ID: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + ID + NONCE;

/// The key that entries are written with, and those that are read too.
pub(super) struct Keys(Vec<Cipher>);

/// A key that is ready to be used, and what tells it from others.
struct Cipher {
    id: [u8; ID],
    cipher: XChaCha20Poly1305,
}

impl Keys {
    /// Writes with `current`; reads what was written with it or with one of `older`.
    pub(super) fn new(current: &EncryptionKey, older: &[EncryptionKey]) -> Self {
        Self(std::iter::once(current).chain(older).map(Cipher::new).collect())
    }

    /// An envelope that `bytes` are encrypted in.
    ///
    /// # Errors
    /// When the system has no random numbers, or there are more bytes than can be encrypted.
    pub(super) fn seal(&self, key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
        const IMPOSSIBLE: &str = "the value could not be encrypted";
        let current = self.0.first().ok_or(IMPOSSIBLE)?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| "the system gave no random numbers to encrypt the value with")?;
        let mut sealed = Vec::with_capacity(HEADER + bytes.len() + TAG);
        for part in [&MAGIC[..], &[SEALED], &current.id, &nonce, bytes] {
            sealed.extend_from_slice(part);
        }
        let (header, contents) = sealed.split_at_mut_checked(HEADER).ok_or(IMPOSSIBLE)?;
        let bound = bound(header, key);
        let encrypted = current.cipher.encrypt_inout_detached(&XNonce::from(nonce), &bound, contents.into());
        sealed.extend_from_slice(&encrypted.map_err(|_| IMPOSSIBLE)?);
        Ok(sealed)
    }

    /// What is encrypted in an envelope; `None` if it is not one, not of one of these keys, or not of this slot.
    pub(super) fn open(&self, key: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let (header, contents) = sealed.split_at_mut_checked(HEADER)?;
        let (id, nonce) = header.strip_prefix(MAGIC)?.strip_prefix(&[SEALED])?.split_first_chunk::<ID>()?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let cipher = &self.0.iter().find(|cipher| cipher.id == *id)?.cipher;
        let (contents, tag) = contents.split_last_chunk_mut::<TAG>()?;
        let end = HEADER + contents.len();
        let bound = bound(header, key);
        cipher.decrypt_inout_detached(&XNonce::from(nonce), &bound, contents.into(), &Tag::from(*tag)).ok()?;
        sealed.truncate(end);
        sealed.drain(..HEADER);
        Some(sealed)
    }
}

/// What is authenticated and not encrypted. The header's length is always the same, so no two pairs make equal bytes.
fn bound(header: &[u8], key: &[u8]) -> Vec<u8> {
    [header, key].concat()
}

impl Cipher {
    /// Both the key that encrypts and its id are derived, so that nothing is said of the key itself, and nothing else
    /// that it is used for meets this.
    fn new(key: &EncryptionKey) -> Self {
        let mut id = [0; ID];
        let mut hasher = blake3::Hasher::new_derive_key("larder 2026-11 id of a key for entries in Redis");
        hasher.update(key.as_bytes()).finalize_xof().fill(&mut id);
        let derived = zeroize::Zeroizing::new(blake3::derive_key(
            "larder 2026-11 XChaCha20-Poly1305 of entries in Redis",
            key.as_bytes(),
        ));
        Self { id, cipher: XChaCha20Poly1305::new((&*derived).into()) }
    }
}
