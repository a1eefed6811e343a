//! Finding out which servers a cluster has: asking one of them, and going by what it says.
//!
//! Servers do not learn of a change at one moment. Of two answers the one with the lower `cluster_current_epoch` is from
//! before the last election, so it is not taken as long as another server gives a newer one.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redis::Value;
use tokio::task::JoinSet;

use super::map::{self, Map, Node};
use super::{Cluster, Inner};
use crate::redis::address::Address;
use crate::redis::command;
use crate::redis::servers::Failure;
use crate::redis::wire::Wire;

/// After how long without an answer the next server is asked too.
const IMPATIENCE: Duration = Duration::from_millis(100);

/// How long after a failure the servers are asked again: what failed once fails for others too, and they are asked once.
const SOON: Duration = Duration::from_millis(50);

/// A map, and the number of the election that its server knew of last.
struct Found {
    map: Map,
    election: u64,
}

impl Cluster {
    /// The map, asked for if there is none yet.
    pub(super) async fn map(&self) -> Result<Arc<Map>, Failure> {
        match self.known() {
            Some(map) => Ok(map),
            None => self.ask(None).await,
        }
    }

    pub(super) fn known(&self) -> Option<Arc<Map>> {
        self.0.map.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the servers for the map: the one at `first` before all others. It is done on the handler's thread: a caller that
    /// is not polled any more must not hold up the others. Those who ask while another one does take what that one finds.
    pub(in crate::redis) async fn ask(&self, first: Option<Address>) -> Result<Arc<Map>, Failure> {
        let (asking, round) = (self.clone(), self.0.round.load(Ordering::SeqCst));
        let asked = self.0.runtime.handle()?.spawn(async move {
            let _asking = asking.0.asking.lock().await;
            match asking.known() {
                Some(map) if asking.0.round.load(Ordering::SeqCst) != round => Ok(map),
                _ => asking.find(first).await,
            }
        });
        asked.await.unwrap_or_else(|_| Err(Failure::Away("the handler was dropped meanwhile".into())))
    }

    /// Asks for the map behind the caller.
    pub(super) fn look_again(&self) {
        if self.0.asked_in_background.swap(true, Ordering::SeqCst) {
            return;
        }
        let again = Arc::downgrade(&self.0);
        let Ok(runtime) = self.0.runtime.handle() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(SOON).await;
            let Some(inner) = again.upgrade() else { return };
            inner.asked_in_background.store(false, Ordering::SeqCst);
            let _ = Self(inner).ask(None).await;
        });
    }

    /// The first answer that is not older than what is known, or else the newest.
    async fn find(&self, first: Option<Address>) -> Result<Arc<Map>, Failure> {
        let mut left = self.askable(first).into_iter();
        let (mut asking, mut older, mut reasons) = (JoinSet::new(), None::<Found>, Vec::new());
        let mut is_last = false;
        loop {
            match left.next() {
                Some(address) => {
                    let cluster = self.clone();
                    asking.spawn(async move { (cluster.ask_one(&address).await, address) });
                }
                None => is_last = true,
            }
            let answer = async {
                if is_last {
                    Ok(asking.join_next().await)
                } else {
                    tokio::time::timeout(IMPATIENCE, asking.join_next()).await
                }
            };
            match answer.await {
                Ok(Some(Ok((Ok(found), _)))) => {
                    if found.election >= self.0.election.load(Ordering::SeqCst) {
                        return Ok(self.take(found));
                    }
                    older = older.filter(|older| older.election >= found.election).or(Some(found));
                }
                Ok(Some(Ok((Err(reason), address)))) => reasons.push(format!("{address}: {reason}")),
                Ok(None) if is_last => break,
                Ok(_) | Err(_) => {}
            }
        }
        match older {
            Some(found) => Ok(self.take(found)),
            None => {
                let reasons = reasons.join("; ");
                Err(Failure::Away(format!("no server of the cluster says who has which keys ({reasons})").into()))
            }
        }
    }

    /// The servers that are known, another one first each time, and the seeds.
    fn askable(&self, first: Option<Address>) -> Vec<Address> {
        let mut all: Vec<Address> = Vec::new();
        if let Some(map) = self.known() {
            all.extend(map.nodes.iter().map(|node| node.address.clone()));
            let turn = self.0.next.fetch_add(1, Ordering::Relaxed) % all.len().max(1);
            all.rotate_left(turn);
        }
        let mut seen = HashSet::new();
        let mut all: Vec<Address> = first.into_iter().chain(all).chain(self.0.seeds.iter().cloned()).collect();
        all.retain(|address| seen.insert(address.clone()));
        all
    }

    async fn ask_one(&self, address: &Address) -> Result<Found, String> {
        let node = self.node(address);
        let link = node.wire.link().await.map_err(|reason| reason.to_string())?;
        let [info, slots] = ["INFO", "SLOTS"].map(|what| command::on("CLUSTER", what));
        let replies = link.requests(&[&info, &slots]).await.map_err(|error| command::explain(&error))?;
        let [info, slots] = &replies[..] else { return Err("it gave no answer".into()) };
        if let Value::ServerError(error) = slots {
            return Err(format!(
                "it is not part of a cluster, or does not say ({}): name servers that run with `cluster-enabled`",
                error.code()
            ));
        }
        let info = match info {
            Value::BulkString(text) => String::from_utf8_lossy(text),
            Value::VerbatimString { text, .. } => text.as_str().into(),
            _ => "cluster_state:ok".into(),
        };
        // One that is cut off from the others does not know what became of them.
        let is_fine = info.contains("cluster_state:ok");
        let election = info.lines().find_map(|line| line.strip_prefix("cluster_current_epoch:")?.trim().parse().ok());
        match map::parse(slots, address) {
            Some(ranges) if is_fine && !ranges.is_empty() => {
                Ok(Found { map: Map::new(ranges, |address| self.node(address)), election: election.unwrap_or(0) })
            }
            Some(_) => Err("its cluster is down: not all slots have a server, or it is cut off from the others".into()),
            None => Err("its answer is not understood".into()),
        }
    }

    /// Goes by what was found from now on.
    fn take(&self, Found { mut map, election }: Found) -> Arc<Map> {
        let inner = &self.0;
        inner.election.store(election, Ordering::SeqCst);
        let map = {
            let mut known = inner.map.write().unwrap_or_else(PoisonError::into_inner);
            let guests = known.iter().flat_map(|known| &known.guests);
            let guests = guests.filter(|guest| guest.wire.is_up().is_some() && map.at(&guest.address).is_none());
            map.guests = guests.cloned().collect();
            match &*known {
                Some(before) if before.is_as(&map) => Arc::clone(before),
                _ => Arc::clone(known.insert(Arc::new(map))),
            }
        };
        let mut nodes = inner.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.retain(|address, _| map.at(address).is_some());
        drop(nodes);
        self.listen();
        inner.round.fetch_add(1, Ordering::SeqCst);
        map
    }

    /// The server at `address`, which has a key of a slot that is on its way.
    pub(super) fn welcome(&self, address: &Address) -> Arc<Node> {
        let node = {
            let mut known = self.0.map.write().unwrap_or_else(PoisonError::into_inner);
            let Some(map) = &*known else { return self.node(address) };
            if let Some(node) = map.at(address) {
                return Arc::clone(node);
            }
            let node = self.node(address);
            let mut map = Map::clone(map);
            map.guests.push(Arc::clone(&node));
            *known = Some(Arc::new(map));
            node
        };
        self.listen();
        node
    }

    /// Has what is near depend on the messages of the servers on the map: from all of them, also from those that nothing is
    /// asked of. Behind the change of the map: what is near of what was asked of a server that is not on it any more was read
    /// before this, so it counts no more.
    fn listen(&self) {
        while let Some(map) = self.known() {
            self.0.near.needs(map.all().map(|node| node.wire.id));
            for node in map.all() {
                let _ = node.wire.start();
            }
            // Whoever changes it meanwhile may have been here before.
            if self.known().is_some_and(|now| Arc::ptr_eq(&now, &map)) {
                return;
            }
        }
    }

    /// The server at `address`, whether it is on the map or not.
    fn node(&self, address: &Address) -> Arc<Node> {
        let Inner { target, near, runtime, nodes, .. } = &*self.0;
        let mut nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let (address, at) = (address.clone(), Some(address.clone()));
            Arc::new(Node { address, wire: Wire::new(Arc::clone(target), at, Arc::clone(near), Arc::clone(runtime)) })
        };
        Arc::clone(nodes.entry(address.clone()).or_insert_with(make))
    }
}
