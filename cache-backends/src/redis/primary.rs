//! Where the primary is, by its sentinels.
//!
//! They are asked in turn, the one that answered last first, each for a part of the handler's timeout. What one says is
//! believed only as far as a try: the server found has to call itself a primary (`ROLE`), and if it cannot be used, the
//! next attempt begins with another sentinel.
//!
//! A primary that was replaced may live on as one for some seconds, or for as long as a network is parted, and close no
//! connection. So a sentinel is asked all the while, over one connection, and a link to the old primary is given up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::{RedisError, Value};
use tokio::time::{sleep, timeout};

use super::address::{Address, Login};
use super::connect::reason;
use super::exchange::{Command, Exchange};
use super::login::{Protocol, Session};
use super::sentinel::Sentinels;
use super::stream;
use super::tls::Connector;

/// How often a sentinel is asked whether the primary is still the same.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Finds the primary.
pub(super) struct Primary {
    name: String,
    sentinels: Vec<Address>,
    session: Session,
    /// For how long each of them is waited.
    share: Duration,
    /// Which is asked first.
    first: AtomicUsize,
    /// Which answered last.
    last: AtomicUsize,
    /// Where the primary was said to be before the last attempt to connect.
    current: Mutex<Option<Address>>,
}

impl Primary {
    pub(super) fn new(sentinels: &Sentinels, addresses: Vec<Address>, login: Login, limit: Duration) -> Self {
        // One part is for the server itself.
        let parts = u32::try_from(addresses.len()).unwrap_or(u32::MAX).saturating_add(1);
        Self {
            name: sentinels.name.clone(),
            sentinels: addresses,
            session: Session { login, db: 0 },
            share: (limit / parts).max(Duration::from_millis(1)),
            first: AtomicUsize::new(0),
            last: AtomicUsize::new(0),
            current: Mutex::new(None),
        }
    }

    /// Where to connect to now, or why no sentinel says so.
    pub(super) async fn find(&self, tls: Option<&Connector>) -> Result<Address, String> {
        let address = self.ask(tls, &mut None).await?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(address.clone());
        Ok(address)
    }

    /// Where the primary was said to be when it was last asked for.
    pub(super) fn current(&self) -> Option<Address> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was found can be used.
    pub(super) fn confirm(&self) {
        self.first.store(self.last.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Ends when the primary is elsewhere. While no sentinel answers, it is taken to be where it was.
    pub(super) async fn moved(&self, tls: Option<&Connector>) -> String {
        let mut kept = None;
        loop {
            sleep(ASK_EVERY).await;
            let found = self.ask(tls, &mut kept).await;
            // Whoever answered is asked first again, also if it is to say more of a new primary.
            self.confirm();
            if let Ok(found) = found
                && self.current().as_ref() != Some(&found)
            {
                return format!("its sentinels have another primary now, at {found}");
            }
        }
    }

    /// The address that a sentinel has: that of the conversation in `kept`, or else the first that answers.
    async fn ask(&self, tls: Option<&Connector>, kept: &mut Option<Conversation>) -> Result<Address, String> {
        if let Some(conversation) = kept.take()
            && let Ok(Ok(address)) = timeout(self.share, conversation.ask(&self.name)).await
        {
            *kept = Some(conversation);
            return Ok(address);
        }
        let count = self.sentinels.len();
        let first = self.first.load(Ordering::SeqCst);
        let mut reasons = Vec::new();
        for index in (first..first + count).map(|index| index % count) {
            let sentinel = &self.sentinels[index];
            let asked = timeout(self.share, async {
                let conversation = Conversation::begin(sentinel, &self.session, tls).await?;
                let address = conversation.ask(&self.name).await?;
                Ok::<_, String>((conversation, address))
            });
            let reason = match asked.await {
                Ok(Ok((conversation, address))) => {
                    self.last.store(index, Ordering::SeqCst);
                    // Unless what it says proves right.
                    self.first.store((index + 1) % count, Ordering::SeqCst);
                    *kept = Some(conversation);
                    return Ok(address);
                }
                Ok(Err(reason)) => reason,
                Err(_) => format!("it answered nothing for {:?}", self.share),
            };
            reasons.push(format!("{sentinel}: {reason}"));
        }
        Err(format!("no sentinel says where the primary is ({})", reasons.join("; ")))
    }
}

/// A connection to a sentinel, driven by whoever asks, so that all ends with that.
struct Conversation(Exchange);

impl Conversation {
    async fn begin(sentinel: &Address, session: &Session, tls: Option<&Connector>) -> Result<Self, String> {
        let explain = |error: RedisError| explain(&error, tls);
        let stream = stream::open(sentinel, tls).await.map_err(|error| explain(error.into()))?;
        let this = Self(Exchange::new(stream, Box::new(|_, _| ())));
        session.begin(&this.0, Protocol::Resp2).await.map_err(explain)?;
        // What is wrong with the login, or TLS, is known by the first answer.
        match this.0.ask(&Command::new("PING")).await.map_err(explain)? {
            Value::ServerError(error) => Err(explain(error.into())),
            _ => Ok(this),
        }
    }

    async fn ask(&self, name: &str) -> Result<Address, String> {
        let command = Command::new("SENTINEL").args(["GET-MASTER-ADDR-BY-NAME", name]);
        let reply = self.0.ask(&command).await.map_err(|error| explain(&error, None))?;
        match reply {
            Value::Nil => Err(format!("it knows no primary named `{name}`: check the name in its `sentinel monitor`")),
            Value::ServerError(error) => Err(explain(&error.into(), None)),
            reply => address_in(&reply).ok_or_else(|| "its answer cannot be read: check that it is a sentinel".into()),
        }
    }
}

fn address_in(reply: &Value) -> Option<Address> {
    let Value::Array(parts) = reply else { return None };
    let [Value::BulkString(host), Value::BulkString(port)] = &parts[..] else { return None };
    let host = String::from_utf8(host.clone()).ok().filter(|host| !host.is_empty())?;
    Some(Address::Tcp { host, port: std::str::from_utf8(port).ok()?.parse().ok()? })
}

/// Why a sentinel gave no address, with what to do about it in words of sentinels.
fn explain(error: &RedisError, tls: Option<&Connector>) -> String {
    match error.code().unwrap_or_default() {
        "NOAUTH" => "the sentinel wants a password: add `.sentinel_password(..)`".into(),
        "WRONGPASS" => REFUSED.into(),
        "NOPERM" => "the sentinel's ACL forbids `SENTINEL GET-MASTER-ADDR-BY-NAME` or `PING`: allow them".into(),
        // The server's words are not repeated: an old one repeats the password that it was sent.
        _ if error.detail().is_some_and(|detail| detail.to_ascii_lowercase().contains("unknown command")) => {
            "what answers there is no sentinel: check the port (sentinels have 26379 unless told otherwise)".into()
        }
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => REFUSED.into(),
        _ => reason(error, tls),
    }
}

const REFUSED: &str =
    "the sentinel refused the user or password: check `.sentinel_username(..)` and `.sentinel_password(..)`";
