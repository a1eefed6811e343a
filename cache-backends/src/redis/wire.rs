//! One server that is kept connected: connect, notice a loss, connect again.
//!
//! While there is no connection, operations fail at once with the reason; only the first attempt to connect, and the
//! first after a loss, is waited for. Attempts go on in the background with pauses that grow.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use redis::RedisError;
use tokio::sync::watch;

use super::address::Address;
use super::connect::{Target, connect};
use super::link::{Link, now};
use super::near::{Near, WireId};
use super::runtime::Runtime;

/// The first pause between two attempts to connect, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What was last said about the connection.
#[derive(Clone)]
enum State {
    Idle,
    Connecting,
    Up(Arc<Link>),
    Down(Arc<str>),
}

/// A server, and where its connection is had from. The connection ends when this is dropped.
pub(crate) struct Wire {
    pub(super) id: WireId,
    state: watch::Receiver<State>,
    /// Given to the handler's thread at the first use.
    keeper: Mutex<Option<Keeper>>,
    runtime: Arc<Runtime>,
}

/// What keeps it connected.
struct Keeper {
    target: Arc<Target>,
    address: Option<Address>,
    near: Arc<Near>,
    state: watch::Sender<State>,
    id: WireId,
}

impl Wire {
    /// The server at `address`, or else wherever `target` finds it.
    pub(super) fn new(target: Arc<Target>, address: Option<Address>, near: Arc<Near>, runtime: Arc<Runtime>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (sender, state) = watch::channel(State::Idle);
        let keeper = Keeper { target, address, near, state: sender, id };
        Self { id, state, keeper: Mutex::new(Some(keeper)), runtime }
    }

    /// The connection if it is up now.
    pub(super) fn is_up(&self) -> Option<Arc<Link>> {
        match &*self.state.borrow() {
            State::Up(link) => Some(Arc::clone(link)),
            _ => None,
        }
    }

    /// Whether there is none, and the attempts to have one fail.
    pub(super) fn is_down(&self) -> bool {
        matches!(&*self.state.borrow(), State::Down(_))
    }

    /// The connection, or why there is none; `None` while a first attempt is made.
    fn known(&self) -> Option<Result<Arc<Link>, Arc<str>>> {
        match &*self.state.borrow() {
            State::Up(link) => Some(Ok(Arc::clone(link))),
            State::Down(reason) => Some(Err(Arc::clone(reason))),
            State::Idle | State::Connecting => None,
        }
    }

    /// The connection. It is ready at once, or fails at once, except while a first attempt is made.
    pub(super) async fn link(&self) -> Result<Arc<Link>, Arc<str>> {
        match self.known() {
            Some(known) => known,
            None => Box::pin(self.first_attempt()).await,
        }
    }

    async fn first_attempt(&self) -> Result<Arc<Link>, Arc<str>> {
        self.start()?;
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| matches!(state, State::Up(_) | State::Down(_))).await;
        match settled.as_deref() {
            Ok(State::Up(link)) => Ok(Arc::clone(link)),
            Ok(State::Down(reason)) => Err(Arc::clone(reason)),
            _ => Err("the thread of its connections has ended; open the handler again".into()),
        }
    }

    /// Has it kept connected from now on.
    pub(super) fn start(&self) -> Result<(), Arc<str>> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        if keeper.is_some() {
            let handle = self.runtime.handle()?;
            if let Some(keeper) = keeper.take() {
                handle.spawn(keeper.keep());
            }
        }
        Ok(())
    }
}

/// Why a connection ended.
enum End {
    Lost,
    Hung,
    /// The server is not the one to use any more.
    Outdated(String),
    Dropped,
}

impl Keeper {
    /// The server, as the log names it.
    fn name(&self) -> String {
        let label = &self.target.label;
        self.address.as_ref().map_or_else(|| label.clone(), |address| format!("{label}: {address}"))
    }

    async fn keep(self) {
        let Self { target, state, .. } = &self;
        let mut pause = PAUSES.0;
        let mut said: Option<Arc<str>> = None;
        loop {
            let attempt = async {
                let address = match &self.address {
                    Some(address) => address.clone(),
                    None => target.resolve().await?,
                };
                connect(target, &address, &self.near, self.id).await
            };
            let attempt = unless_dropped(state, tokio::time::timeout(target.timeout, attempt)).await;
            let reason: Arc<str> = match attempt {
                None => return,
                Some(Ok(Ok(link))) => {
                    log::debug!("{}: connected", self.name());
                    let since = now();
                    let end = self.use_up(Arc::new(link)).await;
                    let steady = Duration::from_millis(now().saturating_sub(since)) >= PAUSES.1;
                    pause = if steady { PAUSES.0 } else { pause };
                    // One that stays a replica is connected to again and again, and said to be one once.
                    said = said.filter(|_| !steady || matches!(end, End::Outdated(_)));
                    match end {
                        End::Dropped => return,
                        End::Lost if steady => {
                            log::warn!("{}: the connection was lost; connecting again", self.name());
                            state.send_replace(State::Connecting);
                            continue;
                        }
                        End::Lost => "the connection was lost as soon as it was made".into(),
                        End::Hung => format!("the server answered nothing for {:?}", target.timeout).into(),
                        End::Outdated(reason) => reason.into(),
                    }
                }
                Some(Ok(Err(reason))) => reason.into(),
                Some(Err(_)) => target.too_late().into(),
            };
            self.tell(&reason, &mut said);
            if unless_dropped(state, tokio::time::sleep(pause)).await.is_none() {
                return;
            }
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Says why there is no connection; in the log, if that was not `said` last.
    fn tell(&self, reason: &str, said: &mut Option<Arc<str>>) {
        let told: Arc<str> = format!("{reason}; it is tried again in the background").into();
        if said.as_ref() != Some(&told) {
            log::warn!("{}: {told}", self.name());
        }
        *said = Some(Arc::clone(&told));
        self.state.send_replace(State::Down(told));
    }

    /// Gives out the connection until it ends, or is to be ended.
    async fn use_up(&self, link: Arc<Link>) -> End {
        /// Also when this thread ends: nobody waits on a connection that nobody drives.
        struct Closing<'a>(&'a Keeper, Arc<Link>);
        impl Closing<'_> {
            fn close(&self, error: &RedisError) {
                // In this order: whoever learns of the end finds nothing near.
                self.0.near.distrust(self.0.id);
                self.1.exchange.close(error);
            }
        }
        impl Drop for Closing<'_> {
            fn drop(&mut self) {
                self.close(&std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into());
            }
        }

        self.state.send_replace(State::Up(Arc::clone(&link)));
        let closing = Closing(self, link);
        let link = &closing.1;
        let (mut hang, mut dropped) = (pin!(link.hang(self.target.timeout)), pin!(self.state.closed()));
        let (mut outdated, mut help) = (pin!(self.target.outdated(link)), pin!(link.exchange.help_out()));
        poll_fn(|context| {
            if let Poll::Ready(error) = link.exchange.poll(context) {
                closing.close(&error);
                return Poll::Ready(End::Lost);
            }
            let _never = help.as_mut().poll(context);
            if let Poll::Ready(error) = hang.as_mut().poll(context) {
                closing.close(&error);
                return Poll::Ready(End::Hung);
            }
            if let Poll::Ready(reason) = outdated.as_mut().poll(context) {
                return Poll::Ready(End::Outdated(reason));
            }
            dropped.as_mut().poll(context).map(|()| End::Dropped)
        })
        .await
    }
}

/// The output of `future`, or `None` when the handler was dropped first.
async fn unless_dropped<F: Future>(state: &watch::Sender<State>, future: F) -> Option<F::Output> {
    let (mut future, mut dropped) = (pin!(future), pin!(state.closed()));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => dropped.as_mut().poll(context).map(|()| None),
    })
    .await
}
