//! [`Backend`]: what a store has to be able to do, and nothing about caching.
//!
//! A backend is a table of slots with a life and one atomic operation, "write if the slot still holds what I saw".
//! Freshness, epochs, tombstones, single-flight and statistics are larder's, written once over this trait.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub use crate::entry::{Entry, Form, Object, Seen, Stored, Validity};
pub use crate::epoch::{Epoch, EpochName};
use crate::error::BackendError;
use crate::key::Key;
pub use crate::lead::{Lead, Lease};
pub use crate::pattern::Pattern;
use crate::ttl::Life;

/// A place in a store.
#[derive(Clone, Copy, Debug)]
pub enum Slot<'a> {
    /// Of an entry.
    Entry(&'a Key<'a>),
    /// Of an epoch. A backend never evicts these to make room for entries and does not count them in its bounds.
    Epoch(&'a EpochName<'a>),
}

impl<'a> From<&'a Key<'a>> for Slot<'a> {
    fn from(key: &'a Key<'a>) -> Self {
        Self::Entry(key)
    }
}

#[cfg(feature = "bytes")]
impl<'a> Slot<'a> {
    /// Its name on a store of bytes, without the handler's prefix.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'a, str> {
        match self {
            Self::Entry(key) => key.text().into(),
            Self::Epoch(name) => name.text().into(),
        }
    }

    /// Appends [`Slot::text`] to `out`.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match self {
            Self::Entry(key) => key.write_text(out),
            Self::Epoch(name) => out.extend_from_slice(name.text().as_bytes()),
        }
    }
}

/// When a write happens.
#[derive(Clone, Copy, Debug)]
pub enum When<'a> {
    /// In any case.
    Always,
    /// Only if the slot holds nothing.
    Absent,
    /// Only if the slot still holds what was seen and, if named, the epoch still has this number; checked and written
    /// in one atomic step.
    Unchanged {
        /// What the slot has to hold.
        seen: &'a Seen,
        /// An epoch, and the number it has to have.
        epoch: Option<(&'a EpochName<'a>, Epoch)>,
    },
}

/// What a look found: see [`Backend::look`].
#[derive(Debug, Default)]
pub struct Look {
    /// What the slot holds.
    pub stored: Option<Stored>,
    /// What a later write is to compare the slot with, where that is not `stored` as it is given here. Whoever changes `stored` of a
    /// look on its way notes [`Look::seen`] here before that.
    pub seen: Option<Seen>,
    /// The epochs that were watched, in the order asked for; `None` where there is none.
    pub epochs: Vec<Option<Epoch>>,
    /// Where the value may be kept once it is decoded, for [`Backend::keep`].
    pub ticket: Option<Ticket>,
}

impl Look {
    /// What a later write is to compare the slot with.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.clone().unwrap_or_else(|| Seen::of(self.stored.as_ref()))
    }
}

/// What a store notes of a look, to know later whether anything was invalidated since.
pub type Ticket = Box<dyn Any + Send + Sync>;
/// A way to the epochs of names, behind what was read with it; `None` where there is none.
pub type Epochs<'a> = &'a mut dyn FnMut(&EpochName<'_>) -> Option<Epoch>;

/// What an operation of a backend gives: ready at once (ram, mostly disk), or pending (a server).
pub enum Reply<'a, T> {
    /// The answer, until it is taken by the first poll.
    Ready(Option<Result<T, BackendError>>),
    /// Still under way.
    Pending(Pin<Box<dyn Future<Output = Result<T, BackendError>> + Send + 'a>>),
}

impl<'a, T> Reply<'a, T> {
    /// The answer is here.
    pub const fn ready(answer: Result<T, BackendError>) -> Self {
        Self::Ready(Some(answer))
    }

    /// The answer comes when `future` is ready. It must not need a runtime of the caller's: any executor polls it.
    pub fn pending(future: impl Future<Output = Result<T, BackendError>> + Send + 'a) -> Self {
        Self::Pending(Box::pin(future))
    }
}

impl<T: Unpin> Future for Reply<'_, T> {
    type Output = Result<T, BackendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Ready(answer) => {
                Poll::Ready(answer.take().unwrap_or_else(|| Err(BackendError::new("this reply was taken already"))))
            }
            Self::Pending(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for Reply<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Reply::Ready",
            Self::Pending(_) => "Reply::Pending",
        })
    }
}

/// A store that larder keeps entries in.
///
/// Required are four operations on slots. The others are provided on top of them; a store overrides one where it can
/// do better (fewer round trips). Every implementation passes `cache_core::contract`.
///
/// What an implementation promises:
/// - an operation ends, within a time of its own, also when the store is away (larder waits for a few seconds at most);
/// - what a slot holds is given back byte by byte, or not at all;
/// - a slot is empty from the end of its life on, and may be emptied before (eviction);
/// - [`When::Unchanged`] and [`When::Absent`] are atomic with respect to all other writes, of other processes too.
pub trait Backend: Send + Sync + 'static {
    /// Which form of entries it keeps: always the same.
    fn form(&self) -> Form {
        Form::Bytes
    }

    /// What these slots hold, in the order asked for. No slot may be read before one that stands in front of it, so
    /// that epochs asked for behind an entry are never older than it.
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>>;

    /// Writes `stored` (or empties the slot, for `None`) for `life` if `when` allows it; gives whether it did.
    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool>;

    /// Removes the entries whose [`Key::subject`] matches; those that are written while it runs may stay.
    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()>;

    /// Gives back the room of all entries, as soon as it can. By then they are misses already (their epoch was
    /// replaced). Touches only what larder stored under this handler's prefix.
    fn reclaim(&self) -> Reply<'_, ()>;

    /// Ends when all that was given to this process's handle before it is written, also by callers who went away since. It is
    /// for stores that write behind their callers' backs.
    fn flush(&self) -> Reply<'_, ()> {
        Reply::ready(Ok(()))
    }

    /// Whether looks are answered at once, most of them, so that one more is nothing beside waiting for others. Only then is it
    /// asked for a [`Backend::glance`].
    fn answers_at_once(&self) -> bool {
        false
    }

    /// Whether the store itself ends a life exactly, by its own clock. Then entries are not checked against this
    /// machine's date too, which may be off.
    fn keeps_time(&self) -> bool {
        false
    }

    /// The backend itself, for the short cut that it has left in the sites of functions ([`crate::function::Settled`]).
    fn itself(&self) -> Option<&dyn Any> {
        None
    }

    /// Calls that it has short cuts for go elsewhere from now on.
    fn retire(&self) {}

    /// Shows the entry of `key` to `visit` if it can be had without waiting and nothing that it depends on was invalidated;
    /// gives whether it did. Handlers of objects answer, and those that keep values near ([`Backend::keep`]).
    fn peek(&self, _key: &Key<'_>, _visit: &mut dyn FnMut(&Entry)) -> bool {
        false
    }

    /// Whether `visit` may do as it likes while [`Backend::peek`] shows it an entry: run code of the user's, which may take long,
    /// panic, or ask and change this store. Then a hit copies the value from where it lies, and shares it first where not.
    fn peeks_freely(&self) -> bool {
        false
    }

    /// Shows `visit` the bytes that the slot of `key` holds, when that is (the machine's date, in milliseconds since the Unix
    /// epoch), and a way to the epochs as they are then, if that can be had without waiting and where it lies; gives whether it
    /// could look. Where it could and nothing was shown, the slot is empty. Only stores of bytes that answer at once do.
    ///
    /// The store may hold on to what it shows for as long as `visit` takes, so that is to be short: it calls nothing that
    /// asks the store again, and no code of the user's. What is shown is read twice, for its checksum and for its value, so a
    /// store in whose memory that takes longer than a copy shows a copy.
    fn glance(&self, _key: &Key<'_>, _visit: &mut dyn FnMut(&[u8], u64, Epochs<'_>)) -> bool {
        false
    }

    /// What the slot of `key` holds, and the epochs of `watch` as they are after that.
    fn look<'a>(&'a self, key: &'a Key<'a>, watch: &'a [EpochName<'a>]) -> Reply<'a, Look> {
        Reply::pending(async move {
            let slots: Vec<Slot<'_>> = std::iter::once(Slot::Entry(key)).chain(watch.iter().map(Slot::Epoch)).collect();
            let mut found = self.get(&slots).await?.into_iter();
            let stored = found.next().flatten();
            Ok(Look { stored, seen: None, epochs: found.map(read_epoch).collect(), ticket: None })
        })
    }

    /// Keeps the value of the entry that a look gave with this ticket, decoded and found to be valid, for [`Backend::peek`].
    /// For stores of bytes that keep values near as well. The look was at the slot of `key` and at the epochs of all that
    /// the entry depends on.
    fn keep(&self, _key: &Key<'_>, _entry: Entry, _ticket: Ticket) {}

    /// Whether the slot of `key` still holds what was seen.
    fn holds<'a>(&'a self, key: &'a Key<'a>, seen: &'a Seen) -> Reply<'a, bool> {
        Reply::pending(async move {
            let found = self.get(&[Slot::Entry(key)]).await?;
            Ok(seen.holds(found.first().and_then(Option::as_ref)))
        })
    }

    /// Writes `stored` for `life` whatever the slot of `key` holds, and gives what it held, in one step: for stores where that
    /// is one round trip. The outer `None` is that nothing was written, since the store cannot do it (any more).
    fn swap<'a>(&'a self, _key: &'a Key<'a>, _stored: Stored, _life: Life) -> Reply<'a, Option<Option<Stored>>> {
        Reply::ready(Ok(None))
    }

    /// Whether to try [`Backend::swap`].
    fn swaps(&self) -> bool {
        false
    }

    /// The epochs of `names` as they are now; `None` where there is none.
    fn current<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, Vec<Option<Epoch>>> {
        Reply::pending(async move {
            let slots: Vec<Slot<'_>> = names.iter().map(Slot::Epoch).collect();
            Ok(self.get(&slots).await?.into_iter().map(read_epoch).collect())
        })
    }

    /// The epochs of `names`, made where there are none, to live for `life` at least.
    ///
    /// As provided they live for ever, since nothing here can tell how long one that is there has still to live; a
    /// store whose epochs end overrides [`Backend::extend`] too.
    fn epochs<'a>(&'a self, names: &'a [EpochName<'a>], _life: Life) -> Reply<'a, Vec<Epoch>> {
        Reply::pending(async move {
            for name in names {
                let fresh = Stored::Bytes(Epoch::random().to_bytes().to_vec());
                self.put(Slot::Epoch(name), Some(fresh), Life::FOREVER, When::Absent).await?;
            }
            let found: Option<Vec<Epoch>> = self.current(names).await?.into_iter().collect();
            found.ok_or_else(|| BackendError::new("an epoch was lost as soon as it was written"))
        })
    }

    /// Makes these epochs live for `life` at least, counted from now.
    fn extend<'a>(&'a self, _names: &'a [EpochName<'a>], _life: Life) -> Reply<'a, ()> {
        Reply::ready(Ok(()))
    }

    /// Replaces these epochs by new ones: all that records them becomes a miss.
    fn renew<'a>(&'a self, names: &'a [EpochName<'a>]) -> Reply<'a, ()> {
        Reply::pending(async move {
            for name in names {
                let fresh = Stored::Bytes(Epoch::random().to_bytes().to_vec());
                self.put(Slot::Epoch(name), Some(fresh), Life::FOREVER, When::Always).await?;
            }
            Ok(())
        })
    }

    /// Empties the slot of `key` in a way that makes every [`When::Unchanged`] fail whose look came before. For stores
    /// of bytes that is a `tombstone`, written for `life`.
    fn invalidate<'a>(&'a self, key: &'a Key<'a>, tombstone: Stored, life: Life) -> Reply<'a, ()> {
        Reply::pending(async move {
            self.put(Slot::Entry(key), Some(tombstone), life, When::Always).await?;
            Ok(())
        })
    }

    /// The right to run `key` among all processes on this store, after a look that saw `seen` there. While another
    /// process has it, the reply is pending: until the right is there, the slot holds something else than was seen, or
    /// `patience` has passed. It saves runs and nothing rests on it, so a store that cannot tell lets the caller run.
    ///
    /// What this process has itself is never waited for ([`Lead::Unshared`]): its callers share runs without the store,
    /// and one inside of a run would wait for itself. A right ends with the process that has it, however that ends,
    /// within a second or so. As provided everyone runs at once.
    ///
    /// # Errors
    /// When the store fails. Then the caller runs.
    fn lead<'a>(&'a self, _key: &'a Key<'a>, _seen: &'a Seen, _patience: Duration) -> Reply<'a, Lead> {
        Reply::ready(Ok(Lead::Unshared))
    }
}

/// The epoch that a slot holds; whatever else it holds is none.
#[allow(clippy::needless_pass_by_value, reason = "it is mapped over what was read")]
fn read_epoch(stored: Option<Stored>) -> Option<Epoch> {
    stored?.epoch()
}
