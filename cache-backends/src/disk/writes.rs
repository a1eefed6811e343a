//! Writes that are on their way: each is given to whoever is about to commit, and those that wait meanwhile go in one
//! transaction.
//!
//! A thread that may wait commits its own, and what others have handed over by then. A future never does: the [`super::steward`]
//! commits for it. A write that was handed over happens, also if its caller goes away.

use std::cell::Cell;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cache_core::{BackendError, Reply, may_block};

use super::answer::{Answer, Promise, answer};
use super::environment::Environment;
use super::open::Open;
use super::queue::Numbers;
use super::table::PartId;
use super::writer::Writer;

/// How many go in one transaction at most.
const TOGETHER: usize = 64;

/// How many groups a thread commits before another one has to, where more and more comes: changing threads costs as much as a
/// group, and its caller waits.
const GROUPS: usize = 4;

/// What is on its way to one environment.
#[derive(Default)]
pub(super) struct Writes(Mutex<State>);

#[derive(Default)]
struct State {
    queued: Vec<Box<dyn Write>>,
    /// Somebody commits, or is about to.
    committing: bool,
}

/// One write. It may be tried more than once: only the last time counts.
trait Write: Send {
    fn part(&self) -> PartId;
    fn apply(&mut self, open: &Open, writer: &mut Writer<'_, '_>) -> heed::Result<()>;
    /// It was committed, or failed.
    fn end(self: Box<Self>, outcome: Result<(), BackendError>);
}

struct Part<T, W> {
    part: PartId,
    now: u64,
    work: W,
    made: Option<T>,
    promise: Promise<T>,
}

impl<T, W> Write for Part<T, W>
where
    T: Send,
    W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send,
{
    fn part(&self) -> PartId {
        self.part
    }

    fn apply(&mut self, open: &Open, writer: &mut Writer<'_, '_>) -> heed::Result<()> {
        writer.set_now(self.now);
        self.made = Some((self.work)(open, writer)?);
        Ok(())
    }

    fn end(self: Box<Self>, outcome: Result<(), BackendError>) {
        let Self { work, made, promise, .. } = *self;
        // It has a hold on the environment, which ends with the caller's if he has the last but this.
        drop(work);
        if let Some(outcome) = outcome.map(|()| made).transpose() {
            promise.keep(outcome);
        }
    }
}

impl Environment {
    /// Writes to a part what is to be written `now`, and gives what `work` gave when it is committed.
    pub(super) fn submit<T, W>(self: &Arc<Self>, part: PartId, now: u64, work: W) -> Reply<'static, T>
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        if may_block() {
            return Reply::ready(self.write_now(part, now, work));
        }
        if let Err(error) = self.check_process() {
            return Reply::ready(Err(error));
        }
        let (answer, leads) = self.writes.hand_over(part, now, work);
        if leads {
            self.let_steward_commit();
        }
        Reply::pending(answer)
    }

    /// The same, on a thread that may wait.
    pub(super) fn write_now<T, W>(self: &Arc<Self>, part: PartId, now: u64, work: W) -> Result<T, BackendError>
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        self.check_process()?;
        if LEADS.get() {
            // What an executor does when it is told of an answer, or drops then, is done on the thread that commits.
            return self.write_alone(part, now, work);
        }
        let (answer, leads) = self.writes.hand_over(part, now, work);
        if leads && !self.commit_up_to(GROUPS) {
            self.let_steward_commit();
        }
        answer.wait()
    }

    /// Answers when all that was handed over before is committed.
    pub(super) fn barrier(self: &Arc<Self>) -> Answer<()> {
        let (answer, leads) = self.writes.hand_over(PartId::default(), self.now(), |_, _| Ok(()));
        if leads {
            self.let_steward_commit();
        }
        answer
    }

    fn write_alone<T, W>(self: &Arc<Self>, part: PartId, now: u64, work: W) -> Result<T, BackendError>
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        let (promise, answer) = answer();
        let mut write: Box<dyn Write> = Box::new(Part { part, now, work, made: None, promise });
        let outcome = self.commit(self.now(), std::slice::from_mut(&mut write));
        write.end(outcome);
        answer.wait()
    }

    /// Commits what is on its way. For who has the right to: it was told so when it handed over, or by who was.
    pub(super) fn commit_all(self: &Arc<Self>) {
        while !self.commit_up_to(usize::MAX) {}
    }

    /// Commits some groups; gives whether nothing is left, and the right to commit with it.
    fn commit_up_to(self: &Arc<Self>, groups: usize) -> bool {
        let _leads = Leads::begin();
        for _ in 0..groups {
            if !self.writes.has_more() {
                return true;
            }
            self.commit_some();
        }
        !self.writes.has_more()
    }

    fn commit_some(self: &Arc<Self>) {
        let unless_whole = GiveUp(&self.writes);
        let mut batch = self.writes.take();
        let now = self.now();
        let together = batch.len() > 1 && self.commit(now, &mut batch).is_ok();
        for mut write in batch {
            // Where they failed together, one of them may be what hindered the others.
            let outcome = if together { Ok(()) } else { self.commit(now, std::slice::from_mut(&mut write)) };
            write.end(outcome);
        }
        mem::forget(unless_whole);
    }

    fn commit(self: &Arc<Self>, now: u64, writes: &mut [Box<dyn Write>]) -> Result<(), BackendError> {
        let writes = Mutex::new(writes);
        self.write(now, |open, txn| {
            let (mut writes, numbers) = (lock(&writes), Numbers::of(txn));
            let (mut writes, mut files) = (writes.iter_mut().peekable(), Vec::new());
            while let Some(part) = writes.peek().map(|write| write.part()) {
                // What is known of a part as a whole is read and written once for all of them.
                let mut writer = Writer::new(open, txn, &numbers, part, now)?;
                while let Some(write) = writes.next_if(|write| write.part() == part) {
                    write.apply(open, &mut writer)?;
                }
                files.append(&mut writer.finish()?);
            }
            Ok(files)
        })
    }
}

thread_local! {
    /// This thread commits.
    static LEADS: Cell<bool> = const { Cell::new(false) };
}

struct Leads(bool);

impl Leads {
    fn begin() -> Self {
        Self(LEADS.replace(true))
    }
}

impl Drop for Leads {
    fn drop(&mut self) {
        LEADS.set(self.0);
    }
}

/// Where committing panics, nobody is left waiting for it.
struct GiveUp<'a>(&'a Writes);

impl Drop for GiveUp<'_> {
    fn drop(&mut self) {
        let state = mem::take(&mut *self.0.lock());
        drop(state);
    }
}

impl Writes {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    fn hand_over<T, W>(&self, part: PartId, now: u64, work: W) -> (Answer<T>, bool)
    where
        T: Send + 'static,
        W: Fn(&Open, &mut Writer<'_, '_>) -> heed::Result<T> + Send + 'static,
    {
        let (promise, answer) = answer();
        let mut state = self.lock();
        state.queued.push(Box::new(Part { part, now, work, made: None, promise }));
        (answer, !mem::replace(&mut state.committing, true))
    }

    fn take(&self) -> Vec<Box<dyn Write>> {
        let mut state = self.lock();
        let some = state.queued.len().min(TOGETHER);
        state.queued.drain(..some).collect()
    }

    /// Whether nothing is on its way.
    pub(super) fn are_done(&self) -> bool {
        let state = self.lock();
        state.queued.is_empty() && !state.committing
    }

    /// Whether somebody has to go on committing.
    fn has_more(&self) -> bool {
        let mut state = self.lock();
        state.committing = !state.queued.is_empty();
        state.committing
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
