//! A cluster: which server has a key, and going there.
//!
//! A connection for each primary, kept up as that of a single server is ([`super::wire`]); the map of slots says which one is
//! asked. A server that no longer has a key says who has (`MOVED`), or who has it already while slots move (`ASK`): that
//! is where the command goes then. The map is read anew when a server says so, and when one is away.
//!
//! | file | what it does |
//! |---|---|
//! | `slot` | which hash slot a key is in |
//! | `map` | which server has which slots |
//! | `find` | asking for the map, and going by a new one |
//! | `redirect` | replies that send a command elsewhere |
//! | `survey` | whether all keys are where the map says, for what has to reach all of them |
//!
//! The client's own cluster connection is not used: it makes connections anew without saying so, and messages about keys
//! that are missed on one of them would leave stale values near.

mod find;
mod map;
mod redirect;
mod slot;
mod survey;

use std::collections::HashMap;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, RwLock};
use std::task::Poll;
use std::time::Duration;

use cache_core::{Clock, within};
use redis::{RedisError, Value};

use super::address::Address;
use super::command::explain;
use super::connect::Target;
use super::exchange::{Command, Replies};
use super::link::Link;
use super::near::Near;
use super::runtime::Runtime;
use super::servers::{Failure, Routed, all_of};
use map::{Map, Node};
use redirect::{Redirect, redirect};
pub(super) use slot::{slot, tag};
pub(super) use survey::Survey;

/// How often a command follows a server that sends it elsewhere.
const REDIRECTS: u32 = 6;

/// The first pause before a command is sent again that nobody takes right now, which doubles: 63 ms in all.
const PAUSE: Duration = Duration::from_millis(1);

/// The servers of a cluster. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Cluster(Arc<Inner>);

struct Inner {
    target: Arc<Target>,
    near: Arc<Near>,
    runtime: Arc<Runtime>,
    seeds: Vec<Address>,
    map: RwLock<Option<Arc<Map>>>,
    /// Every server that a connection is kept to: those on the map and, until there is one, those that were asked for it.
    nodes: Mutex<HashMap<Address, Arc<Node>>>,
    /// One asks for the map, and others take what it finds.
    asking: tokio::sync::Mutex<()>,
    /// How often one was found.
    round: AtomicU64,
    /// The number of the election that its server knew of last.
    election: AtomicU64,
    asked_in_background: AtomicBool,
    next: AtomicUsize,
}

impl Cluster {
    pub(super) fn new(target: Arc<Target>, seeds: Vec<Address>, near: Arc<Near>, runtime: Arc<Runtime>) -> Self {
        Self(Arc::new(Inner {
            target,
            near,
            runtime,
            seeds,
            map: RwLock::default(),
            nodes: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            round: AtomicU64::new(0),
            election: AtomicU64::new(0),
            asked_in_background: AtomicBool::new(false),
            next: AtomicUsize::new(0),
        }))
    }

    /// The server that has `key`.
    async fn owner(&self, key: &[u8]) -> Result<Arc<Node>, Failure> {
        let map = self.map().await?;
        let Some(node) = map.owner(slot(key)) else {
            self.look_again();
            return Err(Failure::Away("no server of the cluster has this key's slot; it is asked again".into()));
        };
        Ok(Arc::clone(node))
    }

    /// Ends when there is a connection to the server that has `key`.
    pub(super) async fn connect(&self, key: &[u8]) -> Result<(), Failure> {
        let node = self.owner(key).await?;
        self.reach(&node).await?;
        // Nothing is near while one is away whose place another one may have taken, also if nobody asks it anything.
        if self.known().is_some_and(|map| map.all().any(|node| node.wire.is_down())) {
            self.look_again();
        }
        Ok(())
    }

    async fn reach(&self, node: &Node) -> Result<Arc<Link>, Failure> {
        node.wire.link().await.map_err(|reason| {
            // Its replica may have taken its place.
            self.look_again();
            Failure::Away(format!("{}: {reason}", node.address).into())
        })
    }

    /// The reply of this server. Whoever holds `node` meanwhile keeps its connection, also where it leaves the map.
    async fn send(&self, node: &Node, command: &Command) -> Result<Value, Failure> {
        self.reach(node).await?.request(command).await.map_err(|error| self.lost(node, &error))
    }

    async fn send_all(&self, node: &Node, commands: &[&Command]) -> Result<Replies, Failure> {
        self.reach(node).await?.requests(commands).await.map_err(|error| self.lost(node, &error))
    }

    fn lost(&self, node: &Node, error: &RedisError) -> Failure {
        self.look_again();
        Failure::Away(format!("{}: {}", node.address, explain(error)).into())
    }

    /// The connections to all servers that have keys.
    pub(super) async fn all(&self) -> Result<Vec<Arc<Link>>, Failure> {
        let map = self.map().await?;
        join(map.all().map(|node| self.reach(node))).await.into_iter().collect()
    }

    /// See [`super::servers::Servers::heard`].
    pub(super) fn heard(&self) -> Option<u64> {
        self.known()?.all().map(|node| heard(node)).min().flatten()
    }

    /// The same of the servers that have `key`, or may have it while its slot is on its way.
    pub(super) fn heard_of(&self, key: &[u8]) -> Option<u64> {
        let map = self.known()?;
        let owner = heard(map.owner(slot(key))?);
        map.guests.iter().map(|node| heard(node)).chain([owner]).min().flatten()
    }

    /// The reply to a command about `key`.
    pub(super) async fn request(&self, key: &[u8], command: &Command) -> Result<Value, Failure> {
        let node = self.owner(key).await?;
        let reply = self.send(&node, command).await?;
        self.follow(key, command, node, reply).await
    }

    /// The replies to these commands; each server gets its own in one go.
    pub(super) async fn requests(&self, commands: &[Routed]) -> Result<Replies, Failure> {
        let mut groups: Vec<(Arc<Node>, Vec<usize>)> = Vec::new();
        for (index, routed) in commands.iter().enumerate() {
            let node = self.owner(&routed.key).await?;
            match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &node)) {
                Some((_, indices)) => indices.push(index),
                None => groups.push((node, vec![index])),
            }
        }
        let asked = groups.iter().map(|(node, indices)| {
            let commands = all_of(indices.iter().map(|&index| &commands[index]));
            async move { self.send_all(node, &commands).await }
        });
        let mut first: Vec<(usize, Arc<Node>, Value)> = Vec::with_capacity(commands.len());
        for (answer, (node, indices)) in join(asked).await.into_iter().zip(&groups) {
            let answered = indices.iter().zip(answer?);
            first.extend(answered.map(|(&index, reply)| (index, Arc::clone(node), reply)));
        }
        first.sort_by_key(|(index, ..)| *index);
        let mut replies = Replies::with_capacity(commands.len());
        for ((_, node, reply), routed) in first.into_iter().zip(commands) {
            replies.push(self.follow(&routed.key, &routed.command, node, reply).await?);
        }
        Ok(replies)
    }

    /// What a command comes to whose first reply, that of `node`, may send it elsewhere.
    async fn follow(
        &self,
        key: &[u8],
        command: &Command,
        mut node: Arc<Node>,
        mut reply: Value,
    ) -> Result<Value, Failure> {
        let mut refused = None;
        for turn in 0..REDIRECTS {
            (node, reply) = match redirect(&reply, &node.address) {
                None => return Ok(reply),
                Some(Redirect::Moved(address)) => {
                    // Whose it is now knows that best.
                    self.ask(Some(address)).await?;
                    let node = self.owner(key).await?;
                    (Arc::clone(&node), self.send(&node, command).await?)
                }
                Some(Redirect::Ask(address)) => {
                    let node = self.welcome(&address);
                    let reply = self.send_all(&node, &[&Command::new("ASKING"), command]).await?.pop();
                    (node, reply.unwrap_or(Value::Nil))
                }
                Some(Redirect::Again) => {
                    refused = Some(reply);
                    within(&Clock::system(), PAUSE * 2_u32.pow(turn), pending::<()>()).await;
                    let node = self.owner(key).await?;
                    (Arc::clone(&node), self.send(&node, command).await?)
                }
            };
        }
        match (redirect(&reply, &node.address), refused) {
            (None | Some(Redirect::Again), _) => Ok(reply),
            (_, Some(refused)) => Ok(refused),
            (Some(Redirect::Moved(next) | Redirect::Ask(next)), None) => {
                self.look_again();
                let what = "its servers send the command from one to another, here to";
                let what = format!("{}: {what} {next}; try again when its slots have been moved", node.address);
                Err(Failure::Away(what.into()))
            }
        }
    }
}

/// Since when this server has answered what it was sent; `None` when it is away.
fn heard(node: &Node) -> Option<u64> {
    Some(node.wire.is_up()?.exchange.heard())
}

/// What all of `futures` give, polled side by side.
async fn join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in running.iter_mut().zip(&mut outputs).filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(done) = future.as_mut().poll(context) {
                *output = Some(done);
            }
        }
        if outputs.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
