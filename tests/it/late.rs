//! A store that answers late, futures polled by hand, and work that has to end.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::{Memory, block_on};
use larder::backend::{Backend, Entry, Epoch, EpochName, Form, Look, Pattern, Reply, Slot, Stored, When};
use larder::key::Key;
use larder::{Cache, Life, Opened};

/// A gate that is passed by whoever is polled while it is open.
#[derive(Clone, Default)]
pub struct Gate(Arc<AtomicBool>);

impl Gate {
    pub fn shut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
    pub fn open(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
    pub async fn passed(self) {
        poll_fn(|_| if self.0.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// A store whose answers come late: what was asked is done at once, the answer waits behind a gate.
pub struct Late {
    inner: Arc<dyn Backend>,
    pub looks: Gate,
    pub currents: Gate,
    pub puts: Gate,
    /// This one stands before the operation, not behind it.
    pub invalidations: Gate,
    /// How many conditional writes of entries are refused.
    pub refused: AtomicU32,
}

impl Late {
    pub fn over(inner: Arc<dyn Backend>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            looks: Gate::default(),
            currents: Gate::default(),
            puts: Gate::default(),
            invalidations: Gate::default(),
            refused: AtomicU32::new(0),
        })
    }
}

pub fn behind<'a, T: Send + Unpin + 'a>(gate: &Gate, reply: Reply<'a, T>) -> Reply<'a, T> {
    let answer = block_on(reply);
    let gate = gate.clone();
    Reply::pending(async move {
        gate.passed().await;
        answer
    })
}

pub fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("this is done at once"),
    }
}

pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

pub struct Handle(pub Arc<Late>);

impl Backend for Handle {
    fn form(&self) -> Form {
        self.0.inner.form()
    }
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        Reply::ready(block_on(self.0.inner.get(slots)))
    }
    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let refuses = |left: u32| left.checked_sub(1);
        if matches!(when, When::Unchanged { .. })
            && self.0.refused.fetch_update(Ordering::SeqCst, Ordering::SeqCst, refuses).is_ok()
        {
            return Reply::ready(Ok(false));
        }
        let written = self.0.inner.put(slot, stored, life, when);
        if matches!(slot, Slot::Entry(_)) { behind(&self.0.puts, written) } else { written }
    }
    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.0.inner.remove_matching(pattern)
    }
    fn reclaim(&self) -> Reply<'_, ()> {
        self.0.inner.reclaim()
    }
    fn peek(&self, _: &Key<'_>, _: &mut dyn FnMut(&Entry)) -> bool {
        false
    }
    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        behind(&self.0.looks, self.0.inner.look(key, watch))
    }
    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a larder::backend::Seen) -> Reply<'a, bool> {
        Reply::ready(block_on(self.0.inner.holds(key, seen)))
    }
    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        behind(&self.0.currents, self.0.inner.current(names))
    }
    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::ready(block_on(self.0.inner.epochs(names, life)))
    }
    fn extend<'a>(&'a self, names: &'a [EpochName<'a>], life: Life) -> Reply<'a, ()> {
        Reply::ready(block_on(self.0.inner.extend(names, life)))
    }
    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        Reply::ready(block_on(self.0.inner.renew(names)))
    }
    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        let gate = self.0.invalidations.clone();
        Reply::pending(async move {
            gate.passed().await;
            self.0.inner.invalidate(key, tombstone, life).await
        })
    }
}

pub fn late() -> (Arc<Late>, Cache) {
    let late = Late::over(Arc::clone(Opened::new(Memory::default()).backend()));
    let cache = Cache::builder().handler("late", Handle(late.clone())).build().unwrap();
    (late, cache)
}

pub fn expect<T: std::fmt::Debug>(polled: Poll<T>) -> T {
    match polled {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it should be ready"),
    }
}

pub fn ends_within(limit: Duration, work: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    match wait.recv_timeout(limit) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => thread.join().unwrap(),
    }
}
