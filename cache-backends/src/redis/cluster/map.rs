//! Which server has which slots, from the reply to `CLUSTER SLOTS`.

use std::sync::Arc;

use redis::Value;

use super::super::address::Address;
use super::super::wire::Wire;
use super::slot::SLOTS;

/// The servers that have keys, and their slots.
pub(crate) struct Map {
    pub(crate) nodes: Vec<Node>,
    /// The number of a slot's node, by the slot; [`NOBODY`] where it has none.
    owners: Box<[u16]>,
}

/// A server that has keys.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) address: Address,
    pub(crate) wire: Arc<Wire>,
}

const NOBODY: u16 = u16::MAX;

/// The slots of a server: from the first to the last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Range {
    first: u16,
    last: u16,
    pub(crate) address: Address,
}

impl Map {
    /// A map of these ranges, over wires to their servers.
    pub(crate) fn new(ranges: &[Range], mut wire: impl FnMut(&Address) -> Arc<Wire>) -> Self {
        let mut map = Self { nodes: Vec::new(), owners: vec![NOBODY; usize::from(SLOTS)].into() };
        for range in ranges {
            let known = map.nodes.iter().position(|node| node.address == range.address);
            let number = known.unwrap_or_else(|| {
                map.nodes.push(Node { address: range.address.clone(), wire: wire(&range.address) });
                map.nodes.len() - 1
            });
            let owners = &mut map.owners[usize::from(range.first)..=usize::from(range.last)];
            owners.fill(u16::try_from(number).unwrap_or(NOBODY));
        }
        map
    }

    /// The server that has `slot`.
    pub(crate) fn owner(&self, slot: u16) -> Option<&Node> {
        self.nodes.get(usize::from(*self.owners.get(usize::from(slot))?))
    }

    /// Whether both say the same.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let addresses = |map: &Self| map.nodes.iter().map(|node| node.address.clone()).collect::<Vec<_>>();
        self.owners == other.owners && addresses(self) == addresses(other)
    }
}

/// The ranges in the reply to `CLUSTER SLOTS`; `None` if it is not one. A server that does not say where it is (an empty
/// host) is at `asked`.
pub(crate) fn parse(reply: &Value, asked: &Address) -> Option<Vec<Range>> {
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
pub(crate) fn address(host: &str, port: u16, asked: &Address) -> Option<Address> {
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
