//! The handler's thread: it connects, notices a loss, and connects again.
//!
//! One thread with a runtime of its own drives the one connection of the handler. Callers give requests to it through
//! channels and wait for the reply on whatever executor they have, or none. So a handler is shared by threads, by
//! runtimes, and by tests with a runtime each, and outlives any of them. The runtime lives and ends on that thread,
//! so a handler can be dropped anywhere.
//!
//! While there is no connection, operations fail at once with the reason; only the first attempt to connect, and the
//! first after a loss, is waited for. Attempts go on in the background with pauses that grow.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cache_core::BackendError;
use tokio::sync::watch;

use super::connect::{Target, connect};
use super::link::{Link, now};

/// The first pause between two attempts to connect, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What the handler's thread last said about the connection.
#[derive(Clone)]
enum State {
    Idle,
    Connecting,
    Up(Arc<Link>),
    Down(Arc<str>),
}

/// The handler's side: where the connection is had from.
pub(super) struct Wire {
    pub(super) target: Arc<Target>,
    state: watch::Receiver<State>,
    /// Given to the thread when it is started.
    sender: Mutex<Option<Arc<watch::Sender<State>>>>,
}

impl Wire {
    pub(super) fn new(target: Target) -> Self {
        let (sender, state) = watch::channel(State::Idle);
        Self { target: Arc::new(target), state, sender: Mutex::new(Some(Arc::new(sender))) }
    }

    /// The connection, for `operation`. It is ready at once, or fails at once, except while a first attempt is made.
    pub(super) async fn link(&self, operation: &str) -> Result<Arc<Link>, BackendError> {
        let known = match &*self.state.borrow() {
            State::Up(link) => Some(Ok(Arc::clone(link))),
            State::Down(reason) => Some(Err(Arc::clone(reason))),
            State::Idle | State::Connecting => None,
        };
        let known = match known {
            Some(known) => known,
            None => self.first_attempt().await,
        };
        known.map_err(|reason| self.target.error(operation, reason))
    }

    async fn first_attempt(&self) -> Result<Arc<Link>, Arc<str>> {
        self.start()?;
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| matches!(state, State::Up(_) | State::Down(_))).await;
        match settled.as_deref() {
            Ok(State::Up(link)) => Ok(Arc::clone(link)),
            Ok(State::Down(reason)) => Err(Arc::clone(reason)),
            _ => Err("the thread of its connection has ended; open the handler again".into()),
        }
    }

    /// Starts the thread unless it runs.
    fn start(&self) -> Result<(), Arc<str>> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = sender.clone() else { return Ok(()) };
        let target = Arc::clone(&self.target);
        std::thread::Builder::new()
            .name("larder-redis".into())
            .spawn(move || run(&target, &state))
            .map_err(|error| format!("no thread could be started for its connection: {error}"))?;
        *sender = None;
        Ok(())
    }
}

fn run(target: &Arc<Target>, state: &watch::Sender<State>) {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            runtime.block_on(keep_connected(target, state));
            // A name look-up may still be running on a thread of the runtime; nobody waits for it.
            runtime.shutdown_background();
        }
        Err(error) => drop(state.send_replace(State::Down(format!("no event loop could be made: {error}").into()))),
    }
}

/// Why a connection ended.
enum End {
    Lost,
    Hung,
    Dropped,
}

async fn keep_connected(target: &Arc<Target>, state: &watch::Sender<State>) {
    let mut pause = PAUSES.0;
    loop {
        let attempt = async { connect(target, &target.resolve().await?).await };
        let attempt = unless_dropped(state, tokio::time::timeout(target.timeout, attempt)).await;
        let reason: Arc<str> = match attempt {
            None => return,
            Some(Ok(Ok(link))) => {
                log::debug!("{}: connected", target.label);
                let since = now();
                let link = Arc::new(link);
                state.send_replace(State::Up(Arc::clone(&link)));
                let end = drive(&link, target.timeout, state).await;
                link.near.distrust();
                link.pump.close();
                let steady = Duration::from_millis(now().saturating_sub(since)) >= PAUSES.1;
                pause = if steady { PAUSES.0 } else { pause };
                match end {
                    End::Dropped => return,
                    End::Lost if steady => {
                        log::warn!("{}: the connection was lost; connecting again", target.label);
                        state.send_replace(State::Connecting);
                        continue;
                    }
                    End::Lost => "the connection was lost as soon as it was made".into(),
                    End::Hung => format!("the server answered nothing for {:?}", target.timeout).into(),
                }
            }
            Some(Ok(Err(reason))) => reason.into(),
            Some(Err(_)) => {
                format!("no connection within {:?}: check the address and the network", target.timeout).into()
            }
        };
        let told: Arc<str> = format!("{reason}; it is tried again in the background").into();
        if !matches!(&*state.borrow(), State::Down(before) if *before == told) {
            log::warn!("{}: {told}", target.label);
        }
        state.send_replace(State::Down(told));
        if unless_dropped(state, tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        pause = (pause * 2).min(PAUSES.1);
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

/// Drives the connection until it ends, or is to be ended.
async fn drive(link: &Link, limit: Duration, state: &watch::Sender<State>) -> End {
    let (mut hang, mut dropped) = (pin!(link.hang(limit)), pin!(state.closed()));
    poll_fn(|context| {
        if link.pump.poll(context).is_ready() {
            return Poll::Ready(End::Lost);
        }
        if hang.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::Hung);
        }
        dropped.as_mut().poll(context).map(|()| End::Dropped)
    })
    .await
}
