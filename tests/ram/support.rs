//! What several of these tests need: a view of the store, values that are counted, and a limit for what may not end.

use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use larder::{Backend, Env, IntoHandler, Opened, RamBuilder};

static STORE: OnceLock<Arc<dyn Backend>> = OnceLock::new();

/// A handler in memory whose store can be seen.
struct Shown(RamBuilder);

impl IntoHandler for Shown {
    fn open(self, env: &Env) -> larder::Result<Opened> {
        let opened = self.0.open(env)?;
        assert!(STORE.set(Arc::clone(opened.backend())).is_ok(), "a process has one");
        Ok(opened)
    }
}

/// Installs a handler in memory whose number of entries can be asked for.
pub(crate) fn install_shown(ram: RamBuilder) {
    larder::Cache::builder().handler("ram", Shown(ram)).build().unwrap().install().unwrap();
}

pub(crate) fn store() -> &'static Arc<dyn Backend> {
    STORE.get().expect("installed by `install_shown`")
}

/// How many entries there are, as the store's `Debug` says.
pub(crate) fn entries() -> usize {
    let ram = store().itself().and_then(|store| store.downcast_ref::<larder::Ram>()).expect("it is in memory");
    let text = format!("{ram:?}");
    let number = text.split("entries: ").nth(1).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    number.and_then(|number| number.parse().ok()).expect("`Debug` says how many there are")
}

/// How many [`Counted`] there are.
static ALIVE: AtomicI64 = AtomicI64::new(0);

pub(crate) fn alive() -> i64 {
    ALIVE.load(SeqCst)
}

/// A value of which it is known how many there are.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(from = "u64", into = "u64")]
pub(crate) struct Counted(pub(crate) u64);

impl Counted {
    pub(crate) fn new(n: u64) -> Self {
        ALIVE.fetch_add(1, SeqCst);
        Self(n)
    }
}

impl From<u64> for Counted {
    fn from(n: u64) -> Self {
        Self::new(n)
    }
}

impl From<Counted> for u64 {
    fn from(counted: Counted) -> Self {
        counted.0
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, SeqCst);
    }
}

/// What `run` gives, on a thread of its own; it has to end.
pub(crate) fn ends<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (ended, end) = mpsc::channel();
    let thread = std::thread::spawn(move || drop(ended.send(run())));
    match end.recv_timeout(Duration::from_secs(60)) {
        Ok(result) => {
            thread.join().expect("it has ended");
            result
        }
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it does not end"),
        Err(mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
            Ok(()) => panic!("it gave nothing"),
            Err(panic) => std::panic::resume_unwind(panic),
        },
    }
}

/// Numbers that look random.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ (seed + 1))
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
