//! What the builder is told of compression and encryption, and what is wrong with it.

#[cfg(feature = "encrypt")]
use std::fmt::Display;

use super::Envelope;
#[cfg(feature = "compress")]
use super::compress::{Compression, Packing};
#[cfg(feature = "encrypt")]
use super::encrypt::Keys;
#[cfg(feature = "encrypt")]
use super::key::EncryptionKey;
#[cfg(any(feature = "compress", feature = "encrypt"))]
use crate::RedisBuilder;

/// The part of the configuration that an [`Envelope`] is made of.
#[derive(Clone, Debug, Default)]
pub(in crate::redis) struct Settings {
    #[cfg(feature = "compress")]
    compress_over: Option<usize>,
    #[cfg(feature = "compress")]
    compression: Option<Compression>,
    #[cfg(feature = "encrypt")]
    encrypt: Option<Given>,
    #[cfg(feature = "encrypt")]
    decrypt_with: Vec<Given>,
}

/// A key, or why it is none.
#[cfg(feature = "encrypt")]
type Given = Result<EncryptionKey, String>;

#[cfg(feature = "encrypt")]
fn given(key: impl TryInto<EncryptionKey, Error: Display>) -> Given {
    let key = key.try_into().map_err(|error| error.to_string())?;
    if key.is_blank() {
        return Err("all bytes of it are the same: make one with `openssl rand -hex 32`".into());
    }
    Ok(key)
}

impl Settings {
    /// What cannot work, as the end of a sentence about the handler.
    pub(in crate::redis) fn problems(&self) -> Vec<String> {
        #[allow(unused_mut, reason = "without its features there is nothing to be wrong")]
        let mut problems = Vec::new();
        #[cfg(feature = "compress")]
        if let Some(compression) = self.compression {
            problems.extend(compression.problem().map(str::to_owned));
            if self.compress_over.is_none() {
                problems.push("compression compresses nothing: add `.compress_over(4096)`, or remove it".into());
            }
        }
        #[cfg(feature = "encrypt")]
        {
            let bad = |given: &Given| given.as_ref().err().cloned();
            let current =
                self.encrypt.iter().filter_map(bad).map(|why| format!("encryption key cannot be used: {why}"));
            let older = self.decrypt_with.iter().filter_map(bad);
            problems.extend(current);
            problems.extend(older.map(|why| format!("older encryption key cannot be used: {why}")));
            if self.encrypt.is_none() && !self.decrypt_with.is_empty() {
                problems.push(
                    "`decrypt_with` names an older key and nothing is encrypted: add `.encrypt(..)`, or remove it"
                        .into(),
                );
            }
        }
        problems
    }

    /// What is configured here, if there are no problems.
    pub(in crate::redis) fn envelope(&self) -> Envelope {
        Envelope {
            #[cfg(feature = "compress")]
            packing: self.compress_over.map(|over| Packing { over, with: self.compression.unwrap_or_default() }),
            #[cfg(feature = "encrypt")]
            keys: self.encrypt.as_ref().and_then(|current| current.as_ref().ok()).map(|current| {
                let older: Vec<EncryptionKey> = self.decrypt_with.iter().flatten().cloned().collect();
                Keys::new(current, &older)
            }),
        }
    }
}

#[cfg(feature = "compress")]
impl RedisBuilder {
    /// Compresses entries of more than this many bytes, with LZ4 unless [`RedisBuilder::compression`] says
    /// otherwise; off unless set. What would not become smaller by an eighth or so is stored as it is. Needs the
    /// feature `compress`.
    ///
    /// It saves memory on the server and time on the network, for a little time of the caller's: LZ4 takes about a
    /// millisecond for each megabyte, and a quarter of that to read it. What is stored already stays readable when
    /// this is set, changed or removed. A process whose build has not the feature reads what is compressed as a
    /// miss.
    ///
    /// ```
    /// use cache_backends::Redis;
    ///
    /// let redis = Redis::builder().compress_over(4096);
    /// ```
    pub fn compress_over(mut self, bytes: usize) -> Self {
        self.envelope.compress_over = Some(bytes);
        self
    }

    /// What [`RedisBuilder::compress_over`] compresses with; [`Compression::Lz4`] unless set. Entries that were
    /// compressed with another one are read all the same.
    ///
    /// ```
    /// use cache_backends::{Compression, Redis};
    ///
    /// # #[cfg(feature = "zstd")]
    /// let redis = Redis::builder().compress_over(4096).compression(Compression::Zstd { level: 3 });
    /// ```
    ///
    /// # Errors
    /// Opening the handler fails when a level is out of range, and without `compress_over`.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.envelope.compression = Some(compression);
        self
    }
}

#[cfg(feature = "encrypt")]
impl RedisBuilder {
    /// Encrypts entries (XChaCha20-Poly1305) with this key: an [`EncryptionKey`], its 32 bytes, or its text; off unless
    /// set. Needs the feature `encrypt`. It takes some microseconds for an entry, and a millisecond and a half for each
    /// megabyte.
    ///
    /// Then nobody on the server or on the way to it can read a value or its tags, change one, or put one under another
    /// key or prefix. What is not encrypted with this key, or one of [`RedisBuilder::decrypt_with`], is a miss, and the
    /// next run overwrites it. So is everything that was stored before encryption was switched on, or with a key that is
    /// lost. What overwrites such an entry keeps its place on the server for an hour, however short its own life is.
    ///
    /// ```
    /// use cache_backends::Redis;
    ///
    /// # let secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".to_string();
    /// let redis = Redis::builder().encrypt(secret); // e.g. of `std::env::var("CACHE_KEY")?`
    /// ```
    ///
    /// What it does not hide or prevent:
    /// - the keys on the server: names of functions, tags, keys that were set directly, what a `key` template shows of
    ///   the arguments, paths of responses, and digests of everything else, which can be guessed where there is little
    ///   to choose from. Do not put secrets there;
    /// - how long an entry is, when it is read and written, and when it ends. Together with
    ///   [`RedisBuilder::compress_over`] the length also says how well a value compresses: where someone can choose
    ///   a part of a value, write it often, and see the lengths, they can guess at what else is in it (as CRIME and
    ///   BREACH do). Do not compress where values mix secrets with what others choose;
    /// - that whoever can write to the server removes entries, undoes an invalidation, or puts back what stood under
    ///   the same key before. Keep others from writing by the server's ACL.
    ///
    /// # Errors
    /// Opening the handler fails, without repeating the text, when it is no key, and when all of its bytes are the
    /// same.
    pub fn encrypt(mut self, key: impl TryInto<EncryptionKey, Error: Display>) -> Self {
        self.envelope.encrypt = Some(given(key));
        self
    }

    /// Reads also what was encrypted with this key, which nothing is written with any more; none unless set, and
    /// several if it is called several times. It is the way to a new key without a cache of misses:
    ///
    /// 1. every process gets `.encrypt(old).decrypt_with(new)`, so that it can read what others will write;
    /// 2. every process gets `.encrypt(new).decrypt_with(old)`;
    /// 3. when the entries of the old key are over, `decrypt_with` goes.
    ///
    /// ```
    /// use cache_backends::{EncryptionKey, Redis};
    ///
    /// # let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    /// let new: EncryptionKey = text.parse()?;
    /// let old = EncryptionKey::new(*b"thirty-two random bytes, in fact");
    /// let redis = Redis::builder().encrypt(new).decrypt_with(old);
    /// # Ok::<(), cache_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`RedisBuilder::encrypt`], and when that is not called.
    pub fn decrypt_with(mut self, key: impl TryInto<EncryptionKey, Error: Display>) -> Self {
        self.envelope.decrypt_with.push(given(key));
        self
    }
}
