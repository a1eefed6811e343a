//! A cluster: which server has a key, and going there.
//!
//! A connection for each primary, kept up as that of a single server is ([`Wire`]); the map of slots says which one is
//! asked. A server that no longer has a key says who has (`MOVED`), or who has it already while slots move (`ASK`): that
//! is where the command goes then. The map is read anew when a server says so, and when one is away.
//!
//! The client's own cluster connection is not used: it makes connections anew without saying so, and messages about keys
//! that are missed on one of them would leave stale values near.

mod map;
mod slot;

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::Poll;

use redis::{Cmd, Pipeline, Value, cmd};

use super::address::Address;
use super::connect::Target;
use super::link::Link;
use super::near::Near;
use super::runtime::Runtime;
use super::servers::{Failure, Routed, pipeline};
use super::wire::Wire;
use map::{Map, Node};
pub(super) use slot::{slot, tag};

/// How often a command follows a server that sends it elsewhere.
const REDIRECTS: usize = 5;

/// The servers of a cluster. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Cluster(Arc<Inner>);

struct Inner {
    target: Arc<Target>,
    near: Arc<Near>,
    runtime: Arc<Runtime>,
    seeds: Vec<Address>,
    map: RwLock<Option<Arc<Map>>>,
    /// Every server that a connection is kept to, or may be.
    wires: Mutex<HashMap<Address, Arc<Wire>>>,
    /// One asks for the map, and others take what it finds.
    asking: tokio::sync::Mutex<()>,
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
            wires: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            asked_in_background: AtomicBool::new(false),
            next: AtomicUsize::new(0),
        }))
    }

    /// The connection to the server that has `key`.
    pub(super) async fn link(&self, key: &[u8]) -> Result<Arc<Link>, Failure> {
        let map = self.map().await?;
        let Some(node) = map.owner(slot(key)) else {
            self.look_again();
            return Err(Failure::Away("no server of the cluster has this key's slot; it is asked again".into()));
        };
        self.reach(node).await
    }

    async fn reach(&self, node: &Node) -> Result<Arc<Link>, Failure> {
        match node.wire.link().await {
            Ok(link) => Ok(link),
            Err(reason) => {
                // Its replica may have taken its place.
                self.look_again();
                Err(Failure::Away(format!("{}: {reason}", node.address).into()))
            }
        }
    }

    /// The connections to all servers that have keys.
    pub(super) async fn all(&self) -> Result<Vec<Arc<Link>>, Failure> {
        let map = self.map().await?;
        let mut links = Vec::with_capacity(map.nodes.len());
        for node in &map.nodes {
            links.push(self.reach(node).await?);
        }
        Ok(links)
    }

    /// See [`super::servers::Servers::heard`].
    pub(super) fn heard(&self) -> Option<u64> {
        let map = self.known()?;
        let heard = map.nodes.iter().map(|node| Some(node.wire.is_up()?.heard()));
        heard.collect::<Option<Vec<u64>>>()?.into_iter().min()
    }

    /// The reply to a command about `key`.
    pub(super) async fn request(&self, key: &[u8], command: &Cmd) -> Result<Value, Failure> {
        let link = self.link(key).await?;
        let reply = link.request(command).await.inspect_err(|_| self.look_again())?;
        self.follow(key, command, reply).await
    }

    /// The replies to these commands; each server gets its own in one go.
    pub(super) async fn requests(&self, commands: &[Routed]) -> Result<Vec<Value>, Failure> {
        let mut groups: Vec<(Arc<Link>, Vec<usize>)> = Vec::new();
        for (index, routed) in commands.iter().enumerate() {
            let link = self.link(&routed.key).await?;
            match groups.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &link)) {
                Some((_, indices)) => indices.push(index),
                None => groups.push((link, vec![index])),
            }
        }
        let asked = groups.iter().map(|(link, indices)| {
            let pipeline = pipeline(indices.iter().map(|&index| &commands[index]));
            async move { link.requests(&pipeline).await }
        });
        let mut replies: Vec<Value> = vec![Value::Nil; commands.len()];
        for (answer, (_, indices)) in join(asked).await.into_iter().zip(&groups) {
            for (&index, reply) in indices.iter().zip(answer.inspect_err(|_| self.look_again())?) {
                replies[index] = reply;
            }
        }
        for (reply, routed) in replies.iter_mut().zip(commands) {
            let first = std::mem::replace(reply, Value::Nil);
            *reply = self.follow(&routed.key, &routed.command, first).await?;
        }
        Ok(replies)
    }

    /// What a command comes to whose first reply may send it elsewhere.
    async fn follow(&self, key: &[u8], command: &Cmd, mut reply: Value) -> Result<Value, Failure> {
        for _ in 0..REDIRECTS {
            reply = match redirect(&reply) {
                None => return Ok(reply),
                Some(Redirect::Moved) => {
                    self.ask(true).await?;
                    self.link(key).await?.request(command).await?
                }
                Some(Redirect::Ask(host, port)) => {
                    let seed = self.0.seeds.first();
                    let address = seed.and_then(|seed| map::address(&host, port, seed));
                    let Some(address) = address else { return Ok(reply) };
                    let mut asking = Pipeline::with_capacity(2);
                    asking.add_command(cmd("ASKING"));
                    asking.add_command(command.clone());
                    let link = self.wire(&address).link().await?;
                    link.requests(&asking).await?.pop().unwrap_or(Value::Nil)
                }
                // Both halves of a slot that moves, for a moment.
                Some(Redirect::Again) => self.link(key).await?.request(command).await?,
            };
        }
        Ok(reply)
    }

    fn known(&self) -> Option<Arc<Map>> {
        self.0.map.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The map, asked for if there is none yet.
    async fn map(&self) -> Result<Arc<Map>, Failure> {
        match self.known() {
            Some(map) => Ok(map),
            None => self.ask(false).await,
        }
    }

    /// The wire to a server, made if there is none.
    fn wire(&self, address: &Address) -> Arc<Wire> {
        let inner = &self.0;
        let mut wires = inner.wires.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let (target, near, runtime) = (&inner.target, &inner.near, &inner.runtime);
            let address = Some(address.clone());
            Arc::new(Wire::new(Arc::clone(target), address, Arc::clone(near), Arc::clone(runtime)))
        };
        Arc::clone(wires.entry(address.clone()).or_insert_with(make))
    }

    /// Asks for the map behind the caller.
    pub(super) fn look_again(&self) {
        if self.0.asked_in_background.swap(true, Ordering::SeqCst) {
            return;
        }
        let again = self.clone();
        let Ok(runtime) = self.0.runtime.handle() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            again.0.asked_in_background.store(false, Ordering::SeqCst);
            let _ = again.ask(true).await;
        });
    }

    /// Asks the servers for the map, one after the other until one knows; `anew` also if there is one. It is done on the
    /// handler's thread: a caller that is not polled any more must not hold up the others.
    pub(super) async fn ask(&self, anew: bool) -> Result<Arc<Map>, Failure> {
        let before = self.known();
        let asking = self.clone();
        let asked = self.0.runtime.handle()?.spawn(async move { asking.ask_here(anew, before).await });
        asked.await.unwrap_or_else(|_| Err(Failure::Away("the handler was dropped meanwhile".into())))
    }

    async fn ask_here(&self, anew: bool, before: Option<Arc<Map>>) -> Result<Arc<Map>, Failure> {
        let _asking = self.0.asking.lock().await;
        if let Some(map) = self.known()
            && (!anew || !before.is_some_and(|before| Arc::ptr_eq(&before, &map)))
        {
            return Ok(map);
        }
        let mut reasons = Vec::new();
        for address in self.askable() {
            match self.ask_one(&address).await {
                Ok(map) => return Ok(self.take(map)),
                Err(reason) => reasons.push(format!("{address}: {reason}")),
            }
        }
        let reasons = reasons.join("; ");
        Err(Failure::Away(format!("no server of the cluster says who has which keys ({reasons})").into()))
    }

    /// The servers that are known, another one first each time, and the seeds.
    fn askable(&self) -> Vec<Address> {
        let mut all: Vec<Address> = Vec::new();
        if let Some(map) = self.known() {
            all.extend(map.nodes.iter().map(|node| node.address.clone()));
            let turn = self.0.next.fetch_add(1, Ordering::Relaxed) % all.len().max(1);
            all.rotate_left(turn);
        }
        all.extend(self.0.seeds.iter().cloned());
        let mut seen = std::collections::HashSet::new();
        all.retain(|address| seen.insert(address.clone()));
        all
    }

    async fn ask_one(&self, address: &Address) -> Result<Map, String> {
        let link = self.wire(address).link().await.map_err(|reason| reason.to_string())?;
        let mut asked = Pipeline::with_capacity(2);
        for what in ["INFO", "SLOTS"] {
            let mut command = cmd("CLUSTER");
            command.arg(what);
            asked.add_command(command);
        }
        let replies = link.requests(&asked).await.map_err(|error| super::command::explain(&error))?;
        let [info, slots] = &replies[..] else { return Err("it gave no answer".into()) };
        if let Value::ServerError(error) = slots {
            return Err(format!("it is not part of a cluster, or does not say ({})", error.code()));
        }
        // One that is cut off from the others does not know what became of them.
        let is_fine = match info {
            Value::BulkString(text) => String::from_utf8_lossy(text).contains("cluster_state:ok"),
            Value::VerbatimString { text, .. } => text.contains("cluster_state:ok"),
            _ => true,
        };
        match map::parse(slots, address) {
            Some(ranges) if is_fine && !ranges.is_empty() => Ok(Map::new(&ranges, |address| self.wire(address))),
            Some(_) => Err("its cluster is down: not all slots have a server, or it is cut off from the others".into()),
            None => Err("its answer is not understood".into()),
        }
    }

    /// Goes by `map` from now on.
    fn take(&self, map: Map) -> Arc<Map> {
        let inner = &self.0;
        if let Some(before) = self.known().filter(|before| before.is_as(&map)) {
            return before;
        }
        let map = Arc::new(map);
        inner.near.needs(map.nodes.iter().map(|node| node.wire.id));
        *inner.map.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&map));
        let mut wires = inner.wires.lock().unwrap_or_else(PoisonError::into_inner);
        wires.retain(|address, _| map.nodes.iter().any(|node| node.address == *address));
        drop(wires);
        for node in &map.nodes {
            // Messages come from all of them, also from those that nothing is asked of.
            let _ = node.wire.start();
        }
        map
    }
}

/// Where a server sends a command.
enum Redirect {
    Moved,
    Ask(String, u16),
    Again,
}

fn redirect(reply: &Value) -> Option<Redirect> {
    let Value::ServerError(error) = reply else { return None };
    match error.code() {
        "MOVED" => Some(Redirect::Moved),
        "ASK" => {
            let place = error.details()?.split(' ').next_back()?;
            let (host, port) = place.rsplit_once(':')?;
            Some(Redirect::Ask(host.to_owned(), port.parse().ok()?))
        }
        "TRYAGAIN" => Some(Redirect::Again),
        _ => None,
    }
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
