//! Whether all keys are where the map says, for what has to reach every one of them.
//!
//! A map that is a little old does no harm to a command about a key: it is sent on. A scan is sent on by nobody. So each server
//! is asked which slots it has and which are on their way; its word counts for itself only, and together they are the truth.

use std::sync::Arc;
use std::time::Duration;

use cache_core::{Clock, within};
use redis::Value;

use super::map::{self, Map, Node};
use super::{Cluster, join};
use crate::redis::address::Address;
use crate::redis::command;
use crate::redis::link::Link;
use crate::redis::servers::Failure;

/// How often servers are asked that do not agree, and the first pause in between, which doubles.
const ROUNDS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(5);

/// All servers that have keys, at one time.
pub(in crate::redis) struct Survey {
    pub(in crate::redis) links: Vec<Arc<Link>>,
    /// What each said of itself.
    said: Vec<(Address, String)>,
    moves: bool,
}

impl Survey {
    /// Of a server that has all keys.
    pub(in crate::redis) fn of_one(link: Arc<Link>) -> Self {
        Self { links: vec![link], said: Vec::new(), moves: false }
    }

    /// Whether no key moved from one server to another between this and a `later` one.
    pub(in crate::redis) fn stood_until(&self, later: &Self) -> bool {
        !self.moves && !later.moves && self.said == later.said
    }
}

/// What a server says of itself.
struct Said {
    text: String,
    slots: Vec<u16>,
    /// Whether slots are on their way from it or to it.
    moves: bool,
    /// Where to.
    to: Vec<Address>,
}

impl Cluster {
    /// The servers that have keys, when all of them agree on that.
    pub(in crate::redis) async fn survey(&self) -> Result<Survey, Failure> {
        for round in 0..ROUNDS {
            if round > 0 {
                within(&Clock::system(), PAUSE * 2_u32.pow(round), std::future::pending::<()>()).await;
            }
            let map = self.ask(None).await?;
            let nodes: Vec<Arc<Node>> = map.all().cloned().collect();
            let asked = join(nodes.iter().map(|node| self.ask_of_itself(node))).await;
            let said = asked.into_iter().collect::<Result<Vec<Said>, Failure>>()?;
            for address in said.iter().flat_map(|said| &said.to) {
                self.welcome(address);
            }
            let agree = nodes.iter().zip(&said).all(|(node, said)| map.gives(node, &said.slots));
            if agree && said.iter().flat_map(|said| &said.to).all(|address| map.at(address).is_some()) {
                return self.surveyed(&map, said).await;
            }
        }
        let what = "its servers do not agree on who has which keys; try again when its slots have been moved";
        Err(Failure::Away(what.into()))
    }

    async fn surveyed(&self, map: &Map, said: Vec<Said>) -> Result<Survey, Failure> {
        let links = join(map.all().map(|node| self.reach(node))).await;
        let moves = said.iter().any(|said| said.moves);
        let said = map.all().zip(said).map(|(node, said)| (node.address.clone(), said.text)).collect();
        Ok(Survey { links: links.into_iter().collect::<Result<_, _>>()?, said, moves })
    }

    async fn ask_of_itself(&self, node: &Arc<Node>) -> Result<Said, Failure> {
        let reply = self.send(node, &command::on("CLUSTER", "NODES")).await?;
        let said = match &reply {
            Value::BulkString(text) => parse(&String::from_utf8_lossy(text), &node.address),
            Value::VerbatimString { text, .. } => parse(text, &node.address),
            Value::ServerError(error) => return Err(Failure::Failed(error.clone().into())),
            _ => None,
        };
        said.ok_or_else(|| Failure::Away(format!("{}: it does not say which slots it has", node.address).into()))
    }
}

/// What the reply to `CLUSTER NODES` of the server at `asked` says of itself: `id address flags primary ping pong epoch state
/// slots..`, where a slot on its way is `[slot->-id]` or `[slot-<-id]`.
fn parse(text: &str, asked: &Address) -> Option<Said> {
    let lines = text.lines().map(|line| line.split(' ').collect::<Vec<&str>>());
    let has_flag = |line: &[&str], flag: &str| line.get(2).is_some_and(|flags| flags.split(',').any(|it| it == flag));
    let own = lines.clone().find(|line| has_flag(line, "myself"))?;
    let by_name = matches!(asked, Address::Tcp { host, .. } if own.get(1).and_then(|at| name(at)) == Some(host));
    let mut said = Said { text: String::new(), slots: Vec::new(), moves: false, to: Vec::new() };
    for part in own.get(8..)? {
        if let Some(moving) = part.strip_prefix('[') {
            said.moves = true;
            let Some((_, id)) = moving.trim_end_matches(']').split_once("->-") else { continue };
            let line = lines.clone().find(|line| line.first() == Some(&id));
            said.to.extend(line.and_then(|line| place(line.get(1)?, by_name, asked)));
        } else {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            said.slots.extend(first.parse::<u16>().ok()?..=last.parse::<u16>().ok()?);
        }
    }
    said.text = own.get(8..)?.join(" ");
    Some(said)
}

/// The name in `address:port@bus,name`, if the server has one.
fn name(text: &str) -> Option<&str> {
    text.split(',').nth(1).filter(|name| !name.is_empty() && !name.contains('='))
}

/// Where that is: under its name, where servers are called by names (`cluster-preferred-endpoint-type hostname`).
fn place(text: &str, by_name: bool, asked: &Address) -> Option<Address> {
    let (host, port) = text.split(['@', ',']).next()?.rsplit_once(':')?;
    map::address(name(text).filter(|_| by_name).unwrap_or(host), port.parse().ok()?, asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_which_slots_it_has_and_which_are_on_their_way() {
        let asked = Address::Tcp { host: "seed".into(), port: 1 };
        let text = "aa 10.0.0.1:7000@17000,name myself,master - 0 0 1 connected 0-2 7 [7->-bb] [9-<-cc]\n\
                    bb 10.0.0.2:7001@17001 master - 0 1 2 connected 10-16383\n";
        let said = parse(text, &asked).unwrap();
        assert_eq!((said.slots, said.moves), (vec![0, 1, 2, 7], true));
        assert_eq!(said.to, [Address::Tcp { host: "10.0.0.2".into(), port: 7_001 }]);
        let text = "bb 10.0.0.2:7001@17001 master - 0 1 2 connected\n\
                    cc 10.0.0.3:7002@17002 master - 0 1 2 connected\n\
                    aa 10.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-16383 [7->-cc] [8->-bb] [9->-cc]\n";
        let ports = parse(text, &asked).unwrap().to.into_iter().map(|to| match to {
            Address::Tcp { port, .. } => port,
            Address::Unix { .. } => 0,
        });
        assert_eq!(ports.collect::<Vec<_>>(), [7_002, 7_001, 7_002], "in whichever order they are listed");
        let named = Address::Tcp { host: "a.example".into(), port: 7_000 };
        let text = "aa 10.0.0.1:7000@17000,a.example myself,master - 0 0 1 connected 0 [7->-bb]\n\
                    bb 10.0.0.2:7001@17001,b.example master - 0 1 2 connected\n";
        let to = |asked: &Address| parse(text, asked).unwrap().to;
        assert_eq!(to(&named), [Address::Tcp { host: "b.example".into(), port: 7_001 }]);
        assert_eq!(to(&asked), [Address::Tcp { host: "10.0.0.2".into(), port: 7_001 }]);
        let replica = "aa :7000@17000 myself,slave bb 0 0 1 connected\n";
        assert!(parse(replica, &asked).is_some_and(|said| said.slots.is_empty() && !said.moves));
        assert!(parse("", &asked).is_none());
    }
}
