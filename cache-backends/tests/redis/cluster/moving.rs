//! Moving a slot from one server to another, as `redis-cli --cluster reshard` does it.

use super::nodes::{Node, Nodes};

/// Both servers of a slot that is on its way.
pub(crate) struct Move<'a> {
    slot: String,
    from: &'a Node,
    to: &'a Node,
    all: Vec<&'a Node>,
}

impl<'a> Move<'a> {
    /// Begins to move `slot` between these primaries.
    pub(crate) fn begin(nodes: &'a Nodes, slot: u16, from: usize, to: usize) -> Self {
        let (from, to) = (&nodes.primaries[from], &nodes.primaries[to]);
        let slot = slot.to_string();
        to.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from.id]);
        from.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to.id]);
        Self { slot, from, to, all: nodes.primaries.iter().collect() }
    }

    /// Moves some of the keys; gives whether there were any.
    pub(crate) fn step(&self, count: usize) -> bool {
        let get = ["CLUSTER", "GETKEYSINSLOT", &self.slot, &count.to_string()];
        let keys: Vec<Vec<u8>> = self.from.ask(&get);
        if !keys.is_empty() {
            let mut migrate = redis::cmd("MIGRATE");
            migrate.arg("127.0.0.1").arg(self.to.port).arg("").arg(0).arg(5_000).arg("KEYS").arg(&keys);
            migrate.exec(&mut self.from.connection().unwrap()).unwrap();
        }
        !keys.is_empty()
    }

    /// Moves what is left, and says whose the slot is now.
    pub(crate) fn end(self) {
        while self.step(10) {}
        let ends = [self.to, self.from];
        for node in
            ends.into_iter().chain(self.all.iter().copied().filter(|node| !ends.iter().any(|it| it.port == node.port)))
        {
            node.ask::<()>(&["CLUSTER", "SETSLOT", &self.slot, "NODE", &self.to.id]);
        }
    }
}
