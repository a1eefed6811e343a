//! What entries are wrapped in on the server: compressed, encrypted, both, or neither.
//!
//! An [`Envelope`] is a value made of the configuration, without a connection: [`Envelope::wrap`] and
//! [`Envelope::unwrap`] turn bytes into bytes. What is in front of them says how they are to be read, so compression
//! can be switched on and off over what is stored already:
//!
//! ```text
//! magic "\xA7lre"   0    nonce 8   the bytes as they are             (bytes that begin like an envelope)
//! magic "\xA7lre"   1    nonce 8   length u32   LZ4, one block
//! magic "\xA7lre"   2    nonce 8   length u32   Zstandard, one frame
//! magic "\xA7lre"   128  key id 8  nonce 24     XChaCha20-Poly1305   of one of the above, or of bytes as they are
//! ```
//!
//! Everything else is bytes as they are. A conditional write compares the first 64 bytes of what is on the server, so
//! every form has a random number there: two writes of equal values never look alike.
//!
//! Epochs are not wrapped, since scripts and other processes compare them, and tombstones are not, since they hold
//! nothing but a date. What cannot be unwrapped is a miss and never an error: see [`Envelope::look`].

#[cfg(feature = "compress")]
mod compress;
#[cfg(feature = "encrypt")]
mod encrypt;
#[cfg(feature = "encrypt")]
mod key;
mod settings;
#[cfg(test)]
mod tests;

use cache_core::{Epoch, Seen, Slot, Stored, TOMBSTONE};
use redis::RedisResult;

use super::command;
use super::exchange::Reply;

#[cfg(feature = "compress")]
pub use compress::Compression;
#[cfg(feature = "encrypt")]
pub use key::EncryptionKey;
pub(super) use settings::Settings;

/// What an envelope begins with. No frame of cache-core does; what does all the same is put into an envelope.
const MAGIC: &[u8; 4] = b"\xA7lre";

/// The form of bytes that stand in an envelope as they are.
const STORED: u8 = 0;

/// The random number behind the magic and the form of what is not encrypted.
const NONCE: usize = 8;

/// The bytes before the contents of an envelope that is not encrypted.
const HEADER: usize = MAGIC.len() + 1 + NONCE;

/// Values of more bytes have no place on a server: it takes no larger ones.
#[cfg(feature = "compress")]
const LARGEST: usize = 512 << 20;

/// How entries are written, and which of the wrapped ones are read.
pub(super) struct Envelope {
    #[cfg(feature = "compress")]
    packing: Option<compress::Packing>,
    #[cfg(feature = "encrypt")]
    keys: Option<encrypt::Keys>,
}

impl Envelope {
    /// What to write under `key`, the whole key on the server.
    ///
    /// # Errors
    /// When it is to be encrypted and cannot be.
    pub(super) fn wrap(&self, key: &[u8], bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
        if bytes.starts_with(TOMBSTONE) {
            return Ok(bytes);
        }
        let bytes = self.packed(bytes);
        #[cfg(feature = "encrypt")]
        if let Some(keys) = &self.keys {
            return keys.seal(key, &bytes);
        }
        let _ = key;
        Ok(bytes)
    }

    /// What [`Envelope::wrap`] was given; `None` for what this configuration does not read.
    pub(super) fn unwrap(&self, key: &[u8], bytes: Vec<u8>) -> Option<Vec<u8>> {
        if bytes.starts_with(TOMBSTONE) {
            return Some(bytes);
        }
        #[cfg(feature = "encrypt")]
        if let Some(keys) = &self.keys {
            // Whoever can write to the server can write what is not encrypted.
            return unpacked(keys.open(key, bytes)?);
        }
        let _ = key;
        unpacked(bytes)
    }

    fn packed(&self, bytes: Vec<u8>) -> Vec<u8> {
        #[cfg(feature = "compress")]
        if let Some(packed) = self.packing.as_ref().and_then(|packing| packing.pack(&bytes)) {
            return packed;
        }
        if !bytes.starts_with(MAGIC) {
            return bytes;
        }
        let mut stored = header(STORED, bytes.len());
        stored.extend_from_slice(&bytes);
        stored
    }

    /// What is written into `slot`, which is `key` on the server: entries are wrapped, epochs are not.
    ///
    /// # Errors
    /// As for [`Envelope::wrap`].
    pub(super) fn put(
        &self,
        slot: &Slot<'_>,
        key: &[u8],
        bytes: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, &'static str> {
        match bytes {
            Some(bytes) if matches!(slot, Slot::Entry(_)) => self.wrap(key, bytes).map(Some),
            bytes => Ok(bytes),
        }
    }

    /// What `slot` holds, which is `key` on the server, by the server's `reply`: nothing, where it cannot be read.
    pub(super) fn get(&self, slot: &Slot<'_>, key: &[u8], reply: impl Into<Reply>) -> RedisResult<Option<Stored>> {
        let held = Held::of(reply)?;
        if matches!(slot, Slot::Entry(_)) { Ok(self.opened(key, held)) } else { Ok(held.stored) }
    }

    /// What the slot of an entry holds, and what a later write is to compare it with, if that is not the same: the bytes on the
    /// server.
    ///
    /// See [`Envelope::held`].
    pub(super) fn look(&self, key: &[u8], reply: impl Into<Reply>) -> RedisResult<(Option<Stored>, Option<Seen>)> {
        let held = Held::of(reply)?;
        let seen = (!self.is_as_it_is(&held)).then(|| Seen::of(held.stored.as_ref()));
        Ok((self.known(key, held), seen))
    }

    /// Whether what is held is given as it is.
    fn is_as_it_is(&self, held: &Held) -> bool {
        let bytes = held.stored.as_ref().and_then(Stored::as_bytes);
        !self.encrypts() && !bytes.is_some_and(|bytes| bytes.starts_with(MAGIC))
    }

    /// What the slot of an entry holds.
    ///
    /// What cannot be read is given as a tombstone that has to be remembered for as long as any may be. It may be an
    /// entry that was written over a tombstone, and whatever overwrites it must not end before the runs that are older
    /// than that invalidation.
    pub(super) fn held(&self, key: &[u8], reply: impl Into<Reply>) -> RedisResult<Option<Stored>> {
        Ok(self.known(key, Held::of(reply)?))
    }

    fn known(&self, key: &[u8], held: Held) -> Option<Stored> {
        held.stored.as_ref()?;
        Some(self.opened(key, held).unwrap_or_else(unknown))
    }

    /// Whether the slot of an entry holds what was seen: by a look, which saw the bytes on the server, or by who wrote
    /// what is in them.
    pub(super) fn holds(&self, key: &[u8], seen: &Seen, reply: impl Into<Reply>) -> RedisResult<bool> {
        let held = Held::of(reply)?;
        if seen.holds(held.stored.as_ref()) {
            return Ok(true);
        }
        Ok(self.opened(key, held).is_some_and(|stored| seen.holds(Some(&stored))))
    }

    const fn encrypts(&self) -> bool {
        #[cfg(feature = "encrypt")]
        return self.keys.is_some();
        #[cfg(not(feature = "encrypt"))]
        false
    }

    fn opened(&self, key: &[u8], held: Held) -> Option<Stored> {
        let Stored::Bytes(bytes) = held.stored? else { return None };
        if held.is_tombstone {
            // It is not encrypted, so where entries are, it must not be one.
            return (bytes.starts_with(TOMBSTONE) || !self.encrypts()).then_some(Stored::Bytes(bytes));
        }
        self.unwrap(key, bytes).map(Stored::Bytes)
    }
}

/// What the server holds in a slot.
struct Held {
    stored: Option<Stored>,
    /// Whether it was written to invalidate the slot.
    is_tombstone: bool,
}

impl Held {
    fn of(reply: impl Into<Reply>) -> RedisResult<Self> {
        let mut bytes = command::held(reply)?;
        let is_tombstone = bytes.as_ref().is_some_and(|bytes| bytes.starts_with(command::TOMBSTONE));
        if let Some(bytes) = bytes.as_mut().filter(|_| is_tombstone) {
            bytes.drain(..command::TOMBSTONE.len());
        }
        Ok(Self { stored: bytes.map(Stored::Bytes), is_tombstone })
    }
}

/// Stands for what cannot be read.
fn unknown() -> Stored {
    Stored::Bytes([TOMBSTONE, &u64::MAX.to_le_bytes()].concat())
}

/// Takes the envelope off what is not encrypted.
fn unpacked(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else { return Some(bytes) };
    let form = *rest.first()?;
    let contents = bytes.get(HEADER..)?;
    if form == STORED {
        bytes.drain(..HEADER);
        return Some(bytes);
    }
    #[cfg(feature = "compress")]
    return compress::unpack(form, contents);
    #[cfg(not(feature = "compress"))]
    {
        let _ = contents;
        None
    }
}

/// The beginning of an envelope of `form` that has room for `length` bytes more.
fn header(form: u8, length: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER + length);
    header.extend_from_slice(MAGIC);
    header.push(form);
    header.extend_from_slice(&Epoch::random().to_bytes()[..NONCE]);
    header
}
