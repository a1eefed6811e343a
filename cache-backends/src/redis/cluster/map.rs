//! Which server has which slots, from the reply to `CLUSTER SLOTS`.

use std::sync::Arc;

use redis::Value;

use super::super::address::Address;
use super::super::wire::Wire;
use super::slot::SLOTS;

/// The servers that have keys, and their slots.
#[derive(Clone)]
pub(in crate::redis) struct Map {
    pub(in crate::redis) nodes: Vec<Arc<Node>>,
    /// Servers that have no slot yet, and keys already: slots are on their way to them.
    pub(in crate::redis) guests: Vec<Arc<Node>>,
    /// The number of a slot's node, by the slot; [`NOBODY`] where it has none.
    owners: Box<[u16]>,
}

/// A server that has keys. Its connection ends when nobody holds it any more.
pub(in crate::redis) struct Node {
    pub(in crate::redis) address: Address,
    pub(in crate::redis) wire: Wire,
}

const NOBODY: u16 = u16::MAX;

/// The slots of a server: from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::redis) struct Range {
    first: u16,
    last: u16,
    pub(in crate::redis) address: Address,
}

impl Map {
    /// A map of these ranges, over their servers.
    pub(in crate::redis) fn new(mut ranges: Vec<Range>, mut node: impl FnMut(&Address) -> Arc<Node>) -> Self {
        // Servers list them in orders of their own.
        ranges.sort_by_key(|range| range.first);
        let owners = vec![NOBODY; usize::from(SLOTS)].into();
        let mut map = Self { nodes: Vec::new(), guests: Vec::new(), owners };
        for range in ranges {
            let known = map.nodes.iter().position(|node| node.address == range.address);
            let number = known.unwrap_or_else(|| {
                map.nodes.push(node(&range.address));
                map.nodes.len() - 1
            });
            let owners = &mut map.owners[usize::from(range.first)..=usize::from(range.last)];
            owners.fill(u16::try_from(number).unwrap_or(NOBODY));
        }
        map
    }

    /// The server that has `slot`.
    pub(in crate::redis) fn owner(&self, slot: u16) -> Option<&Arc<Node>> {
        self.nodes.get(usize::from(*self.owners.get(usize::from(slot))?))
    }

    /// All servers that have keys.
    pub(in crate::redis) fn all(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.iter().chain(&self.guests)
    }

    /// The one at `address`, if it has keys.
    pub(in crate::redis) fn at(&self, address: &Address) -> Option<&Arc<Node>> {
        self.all().find(|node| node.address == *address)
    }

    /// Whether `node` has these slots and no others.
    pub(in crate::redis) fn gives(&self, node: &Arc<Node>, slots: &[u16]) -> bool {
        let is_its = |slot: &u16| self.owner(*slot).is_some_and(|owner| Arc::ptr_eq(owner, node));
        slots.iter().all(is_its) && (0..SLOTS).filter(is_its).count() == slots.len()
    }

    /// Whether both say the same, over the same connections.
    pub(in crate::redis) fn is_as(&self, other: &Self) -> bool {
        let same = self.all().count() == other.all().count();
        self.owners == other.owners && same && self.all().zip(other.all()).all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

/// The ranges in the reply to `CLUSTER SLOTS`; `None` if it is not one. A server that does not say where it is (an empty
/// host) is at `asked`.
pub(in crate::redis) fn parse(reply: &Value, asked: &Address) -> Option<Vec<Range>> {
    let Value::Array(entries) = reply else { return None };
    entries.iter().map(|entry| range(entry, asked)).collect()
}

fn range(entry: &Value, asked: &Address) -> Option<Range> {
    let Value::Array(parts) = entry else { return None };
    let [Value::Int(first), Value::Int(last), Value::Array(primary), ..] = parts.as_slice() else { return None };
    let [host, Value::Int(port), ..] = primary.as_slice() else { return None };
    let host = match host {
        Value::BulkString(host) => std::str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host.as_str(),
        Value::Nil => "",
        _ => return None,
    };
    let slot = |number: i64| u16::try_from(number).ok().filter(|number| *number < SLOTS);
    let (first, last) = (slot(*first)?, slot(*last)?);
    Some(Range { first, last, address: address(host, u16::try_from(*port).ok()?, asked)? }).filter(|_| first <= last)
}

/// The address of a server that says that it is at `host`.
pub(in crate::redis) fn address(host: &str, port: u16, asked: &Address) -> Option<Address> {
    let host = match (host, asked) {
        ("" | "?", Address::Tcp { host, .. }) => host.clone(),
        ("" | "?", _) => return None,
        (host, _) => host.to_owned(),
    };
    Some(Address::Tcp { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(first: i64, last: i64, host: &str, port: i64) -> Value {
        let primary = vec![Value::BulkString(host.into()), Value::Int(port), Value::BulkString(b"id".to_vec())];
        Value::Array(vec![Value::Int(first), Value::Int(last), Value::Array(primary)])
    }

    #[test]
    fn a_reply_says_who_has_what() {
        let asked = Address::Tcp { host: "seed".into(), port: 1 };
        let reply = Value::Array(vec![entry(0, 100, "a", 7_000), entry(101, 16_383, "", 7_001)]);
        let ranges = parse(&reply, &asked).unwrap();
        assert_eq!(ranges[0], Range { first: 0, last: 100, address: Address::Tcp { host: "a".into(), port: 7_000 } });
        assert_eq!(ranges[1].address, Address::Tcp { host: "seed".into(), port: 7_001 });
    }

    #[test]
    fn what_is_no_reply_says_nothing() {
        let asked = Address::Tcp { host: "seed".into(), port: 1 };
        for reply in [
            Value::Nil,
            Value::Array(vec![Value::Int(1)]),
            Value::Array(vec![entry(0, 16_384, "a", 1)]),
            Value::Array(vec![entry(5, 4, "a", 1)]),
            Value::Array(vec![entry(0, 4, "a", 70_000)]),
        ] {
            assert_eq!(parse(&reply, &asked), None, "{reply:?}");
        }
    }
}
