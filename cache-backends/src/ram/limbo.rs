//! What was taken out of the table and may still be read by those who came before: it is freed when they have left.

#![allow(unsafe_code, reason = "frees what nobody can find any more")]

use super::buckets::Chains;
use super::kind::operations;
use super::node::Node;
use super::pool::Places;
use super::reader::Inside;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many evicted nodes wait for each other, so that they share the question of who is inside.
const BATCH: usize = 128;

/// A node or an array of chains that nobody finds any more.
pub(super) struct Garbage(What);

enum What {
    Node(Node),
    #[allow(dead_code, reason = "kept until it is dropped")]
    Chains(Chains),
}

impl Garbage {
    /// A node.
    ///
    /// # Safety
    /// It is in no chain (any more), and nobody else makes it garbage.
    pub(super) const unsafe fn node(node: Node) -> Self {
        Self(What::Node(node))
    }

    /// Chains that are in use no more.
    pub(super) const fn chains(chains: Chains) -> Self {
        Self(What::Chains(chains))
    }
}

/// What nobody can have found any more: it is freed when this is dropped. That runs code of the user's (`Drop` of values), so
/// never behind a lock. What it panics with is not passed on: whoever is here has nothing to do with that value.
#[derive(Default)]
pub(super) struct Freed(Vec<Garbage>);

impl Freed {
    /// A node that was not put in.
    pub(super) fn one(node: Node) -> Self {
        Self(vec![Limbo::garbage(node)])
    }

    /// And others.
    pub(super) fn add(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }
}

impl FromIterator<Node> for Freed {
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        Self(nodes.into_iter().map(Limbo::garbage).collect())
    }
}

impl Drop for Freed {
    fn drop(&mut self) {
        let mut places = Places::default();
        for garbage in self.0.drain(..) {
            let What::Node(node) = garbage.0 else { continue };
            let Some(operations) = operations(node.head().tag.kind()) else { continue };
            let layout = operations.layout(node);
            // SAFETY: these are the operations of its kind. It is in no chain, and whoever may have found it there has left
            // before this is dropped (`Limbo::collect`), or never was (it was not put in, or the table is no more). Nobody
            // else frees it.
            unsafe {
                if catch_unwind(AssertUnwindSafe(|| operations.clear(node))).is_err() {
                    log::error!("the `Drop` of a cached value panicked");
                }
                places.give(node.0.cast(), layout);
            }
        }
    }
}

/// The garbage of one shard.
pub(super) struct Limbo {
    open: Vec<Garbage>,
    /// The bytes of the nodes in there, and past how many they wait no longer.
    bytes: u64,
    patience: u64,
    sealed: VecDeque<(Vec<Garbage>, Inside)>,
}

impl Limbo {
    /// Where nodes of `patience` bytes at most wait for others.
    pub(super) const fn new(patience: u64) -> Self {
        Self { open: Vec::new(), bytes: 0, patience, sealed: VecDeque::new() }
    }

    /// Of a node that was taken out of its chain just now, or that was never in one, by the one who has it.
    pub(super) fn garbage(node: Node) -> Garbage {
        // SAFETY: the callers, behind the lock of a shard, hand over each node once: when they unlink it. (`Shard`, `Store`)
        unsafe { Garbage::node(node) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.sealed.is_empty()
    }

    pub(super) fn add_node(&mut self, node: Node) {
        self.bytes += node.head().weight.bytes();
        self.add(Self::garbage(node));
    }

    pub(super) fn add(&mut self, garbage: Garbage) {
        if self.open.capacity() == 0 {
            self.open.reserve(BATCH);
        }
        self.open.push(garbage);
    }

    /// What can be freed now, for the caller to drop behind the lock: at `once` whatever can be, otherwise what has become
    /// enough to be worth it.
    pub(super) fn collect(&mut self, once: bool) -> Freed {
        let enough = if once { 1 } else { BATCH };
        if (self.open.len() >= enough || self.bytes > self.patience)
            && let Some(inside) = Inside::now()
        {
            self.bytes = 0;
            self.sealed.push_back((std::mem::take(&mut self.open), inside));
        }
        let mut free = Vec::new();
        while let Some((_, inside)) = self.sealed.front_mut()
            && inside.have_left()
            && let Some((garbage, _)) = self.sealed.pop_front()
        {
            if free.is_empty() { free = garbage } else { free.extend(garbage) }
        }
        Freed(free)
    }
}

impl Drop for Limbo {
    fn drop(&mut self) {
        // The table is no more, so nobody is inside.
        let sealed = self.sealed.drain(..).flat_map(|(garbage, _)| garbage);
        drop(Freed(self.open.drain(..).chain(sealed).collect()));
    }
}

impl std::fmt::Debug for Limbo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limbo").field("open", &self.open.len()).field("sealed", &self.sealed.len()).finish()
    }
}
