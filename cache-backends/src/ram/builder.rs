//! Parameters of [`Ram`] and their checks.

use cache_core::{DEFAULT_EXPIRE, Env, Error, IntoHandler, Opened, Result, Ttl, Weigh, Weigher};

use super::Ram;
use super::weighers;

/// Configures a handler in memory. See [`Ram`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is given to `Cache::builder().handler(..)`"]
pub struct RamBuilder {
    prefix: String,
    threshold: usize,
    max_bytes: Option<u64>,
    weighers: Vec<Weigher>,
    default_expire: Ttl,
}

impl Default for RamBuilder {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            threshold: 500,
            max_bytes: None,
            weighers: Vec::new(),
            default_expire: Ttl::For(DEFAULT_EXPIRE),
        }
    }
}

impl RamBuilder {
    /// A name for this handler's keys. Nothing else is in its memory, so it tells handlers apart in logs only; handlers
    /// that share a store (`Disk`, `Redis`) are kept apart by theirs. Default: none.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The most entries that are kept at any moment; past it, those that were not read of late make room. Default: 500.
    ///
    /// A function that has a `threshold` of its own has room for as many beside these.
    pub const fn threshold(mut self, entries: usize) -> Self {
        self.threshold = entries;
        self
    }

    /// How many bytes the entries take at most at any moment; past it, those that were not read of late make room. Default:
    /// no limit. The [`threshold`](Self::threshold) holds beside it, 500 entries unless set: raise it where there are to be
    /// more.
    ///
    /// An entry weighs what is kept about it (some 60 bytes, 150 more for one with tags or that was set directly), its key
    /// where that is longer than 16 bytes, and its value: its size, and the bytes on the heap that [`Weigh`] says, where its
    /// type has that. (Of values that are set directly, see [`weigh`](Self::weigh).) Every 16 bytes begun count. One that weighs more than there may be
    /// is not kept, nothing makes room for it, and the log says so once for each function.
    ///
    /// A function with a `threshold` of its own has a part of the bytes of its own too, as large as its threshold is among
    /// those of the handler and of all such functions that were called; none of them counts for more than one entry for each
    /// 4,096 bytes of the limit. (Beside all this there is what has just made room:
    /// it is freed before it is a sixteenth of the limit, unless somebody is still reading it.)
    ///
    /// ```
    /// use cache_backends::Ram;
    /// use cache_core::Cache;
    ///
    /// let cache = Cache::builder().handler("ram", Ram::builder().threshold(1_000_000).max_bytes(64 << 20)).build()?;
    /// # Ok::<(), cache_core::Error>(())
    /// ```
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Has values of type `V` be weighed by their [`Weigh`] where they are set directly.
    ///
    /// There nothing of a type is known but that serde can write it. So those of the standard library's most common types are
    /// weighed (strings, numbers, and lists and maps of them), those of types that a function gives on a handler with
    /// `max_bytes`, and those that are named here. Others count by their size alone.
    ///
    /// ```
    /// use cache_backends::Ram;
    /// use cache_core::Weigh;
    ///
    /// struct Page(String);
    ///
    /// impl Weigh for Page {
    ///     fn heap_size(&self) -> usize {
    ///         self.0.heap_size()
    ///     }
    /// }
    ///
    /// let ram = Ram::builder().max_bytes(64 << 20).weigh::<Page>();
    /// ```
    pub fn weigh<V: Weigh + 'static>(mut self) -> Self {
        self.weighers.push(Weigher::of::<V>());
        self
    }

    /// How long a result is fresh where neither its function nor its call says so: whole seconds, a `Duration`, or
    /// [`Ttl::Forever`]. Default: 300 s.
    pub fn default_expire(mut self, ttl: impl Into<Ttl>) -> Self {
        self.default_expire = ttl.into();
        self
    }
}

/// A few times what is kept about an entry, whatever its value.
const SMALLEST: u64 = 1_024;

impl RamBuilder {
    fn check(&self) -> Result<()> {
        let mut reasons = Vec::new();
        if self.threshold == 0 {
            reasons.push(
                "ram handler: `threshold(0)` leaves no room for any entry; write how many there may be, such as \
                 `threshold(500)`, or leave the handler out"
                    .to_owned(),
            );
        }
        if self.max_bytes.is_some_and(|bytes| bytes < SMALLEST) {
            reasons.push(format!(
                "ram handler: `max_bytes` is less than {SMALLEST}, which is hardly one entry and what belongs to it; write a \
                 limit that values fit into, such as `max_bytes(64 << 20)`, or leave it out"
            ));
        }
        if reasons.is_empty() { Ok(()) } else { Err(Error::Config(reasons)) }
    }
}

impl RamBuilder {
    pub(crate) fn build(self, env: &Env) -> Result<Ram> {
        self.check()?;
        self.weighers.iter().for_each(|weigher| weighers::learn(*weigher));
        Ok(Ram::new(self.threshold, self.max_bytes, self.prefix, env.clock.clone()))
    }
}

impl IntoHandler for RamBuilder {
    fn open(self, env: &Env) -> Result<Opened> {
        let default_expire = self.default_expire;
        Ok(Opened::new(self.build(env)?).default_expire(default_expire))
    }
}
