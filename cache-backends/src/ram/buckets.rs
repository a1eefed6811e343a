//! The chains of nodes of one shard: read without a lock, changed by whoever holds the shard's lock.

#![allow(unsafe_code, reason = "nodes are found by pointers, and freed when nobody can have found them")]

use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use cache_core::key::Probe;

use super::head::{Head, Tag};
use super::node::{Held, Node};
use super::reader::Pin;
use super::sync::{AtomicPtr, AtomicUsize, Owned, fence};

/// An array of chains, owned.
pub(super) type Chains = Owned<AtomicPtr<Head>>;

/// Where the chains of nodes begin.
#[derive(Debug)]
pub(super) struct Buckets {
    /// One less than the number of chains that `first` has at least. Written after `first` and read before it, so whoever
    /// reads a mask reads an array that is at least as long; arrays only grow.
    mask: AtomicUsize,
    first: AtomicPtr<AtomicPtr<Head>>,
    /// How often the chains were begun to be made anew, and how often they were ready.
    remade: AtomicUsize,
    /// So that a shard's are found by a shift.
    _fill: usize,
}

fn chains(count: usize) -> Chains {
    std::iter::repeat_with(|| AtomicPtr::new(std::ptr::null_mut())).take(count).collect()
}

impl Buckets {
    /// At least `count` chains, a power of two.
    pub(super) fn new(count: usize) -> Self {
        let count = count.next_power_of_two();
        let first = Chains::into_raw(chains(count)).cast();
        Self { mask: AtomicUsize::new(count - 1), first: AtomicPtr::new(first), remade: AtomicUsize::new(0), _fill: 0 }
    }

    #[inline]
    fn chain(&self, hash: u32) -> &AtomicPtr<Head> {
        let mask = self.mask.load(Ordering::Acquire);
        let first = self.first.load(Ordering::Acquire);
        // SAFETY: the array has more than `mask` chains (see there), and is freed only when nobody is inside any more who may
        // have read its address: readers are pinned (`find`), writers hold the lock under which it is replaced.
        unsafe { &*first.add(hash as usize & mask) }
    }

    /// The node of `probe`, which is not long, for as long as the caller is inside. A reader that comes while the chains are
    /// being made anew may miss one that is there.
    ///
    /// # Safety
    /// The tag is one of keys of the probe's length, which is less than [`LONG`](super::head::LONG).
    #[inline]
    pub(super) unsafe fn find<'p, P: Probe + ?Sized>(
        &self,
        pin: &'p Pin,
        hash: u32,
        tag: Tag,
        probe: &P,
    ) -> Option<Held<'p>> {
        let length = probe.length();
        let mut next = self.chain(hash).load(Ordering::Acquire);
        loop {
            let node = Node(NonNull::new(next)?);
            // SAFETY: it has the tag of keys of this length, which is not that of long ones.
            if node.head().tag == tag && probe.is(unsafe { node.key_of(length) }) {
                // SAFETY: a node that can be reached from a chain is initialized (it was stored with `Release`), and one that
                // could be reached when the pin began, or since, is not freed before it ends (`Limbo`).
                return Some(unsafe { Held::new(node, pin) });
            }
            next = node.head().next.load(Ordering::Acquire);
        }
    }
}

impl Buckets {
    /// The node of `probe`, of whatever kind, for as long as the caller is inside; found as by [`Buckets::find`].
    #[inline]
    pub(super) fn hold<'p, P: Probe + ?Sized>(
        &self,
        pin: &'p Pin,
        hash: u32,
        owner: u32,
        probe: &P,
    ) -> Option<Held<'p>> {
        let node = self.node_of(hash, owner, probe, Ordering::Acquire)?;
        // SAFETY: as in `find`.
        Some(unsafe { Held::new(node, pin) })
    }

    /// The node of `probe`. Links are read in this order: `Acquire`, or `Relaxed` behind the shard's lock.
    #[inline]
    fn node_of<P: Probe + ?Sized>(&self, hash: u32, owner: u32, probe: &P, order: Ordering) -> Option<Node> {
        let length = probe.length();
        let mut next = self.chain(hash).load(order);
        loop {
            let node = Node(NonNull::new(next)?);
            let head = node.head();
            if head.hash == hash
                && head.tag == Tag::new(owner, head.tag.kind(), length)
                && length == node.key().bytes.len()
                && probe.is(node.key())
            {
                return Some(node);
            }
            next = head.next.load(order);
        }
    }

    /// What `find` finds, if nothing was made anew while it did: then what it misses is not there.
    #[inline]
    pub(super) fn undisturbed<T>(&self, find: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
        let before = self.remade.load(Ordering::Acquire);
        let found = find();
        fence(Ordering::Acquire);
        (found.is_some() || (before.is_multiple_of(2) && self.remade.load(Ordering::Relaxed) == before))
            .then_some(found)
    }
}

/// What whoever holds the shard's lock may do. (Methods of this type are called by `Shard` only, behind its lock.)
impl Buckets {
    fn count(&self) -> usize {
        self.mask.load(Ordering::Relaxed) + 1
    }

    /// How many nodes there may be before there are to be more chains. While there are few, most nodes are the first of their
    /// chain, and the processor knows the way; later on that would take more room than it is worth.
    pub(super) fn room(&self) -> usize {
        let count = self.count();
        if count < 4_096 { count / 2 } else { count }
    }

    /// The node of `probe`, of whatever kind.
    pub(super) fn locate<P: Probe + ?Sized>(&self, hash: u32, owner: u32, probe: &P) -> Option<Node> {
        self.node_of(hash, owner, probe, Ordering::Relaxed)
    }

    /// Puts a node in front of its chain.
    pub(super) fn link(&self, node: Node) {
        let chain = self.chain(node.head().hash);
        // Who is at this node already, while chains are made anew, goes on to the next one from here.
        node.head().next.store(chain.load(Ordering::Relaxed), Ordering::Release);
        chain.store(node.0.as_ptr(), Ordering::Release);
    }

    /// Takes a node out of its chain. Those who are at it go on from there.
    pub(super) fn unlink(&self, node: Node) {
        if let Some(link) = self.link_to(node) {
            link.store(node.head().next.load(Ordering::Relaxed), Ordering::Release);
        }
    }

    /// Puts a node in the place of another one, in one step: whoever looks for their key finds one of them. (Were the new one
    /// put in front, who is past the front by then would find neither.) Those who are at the old one go on from there.
    pub(super) fn replace(&self, old: Node, node: Node) {
        node.head().next.store(old.head().next.load(Ordering::Relaxed), Ordering::Relaxed);
        if let Some(link) = self.link_to(old) {
            link.store(node.0.as_ptr(), Ordering::Release);
        }
    }

    /// What points to a node in its chain.
    fn link_to(&self, node: Node) -> Option<&AtomicPtr<Head>> {
        let mut link = self.chain(node.head().hash);
        loop {
            let head = NonNull::new(link.load(Ordering::Relaxed))?;
            if head == node.0 {
                return Some(link);
            }
            // SAFETY: a node that is linked is alive, and the lock keeps it linked.
            link = unsafe { &head.as_ref().next };
        }
    }

    /// Twice as many chains. Gives the array that was in use, which readers may still be in.
    pub(super) fn grow(&self) -> Chains {
        let (before, count) = (self.first.load(Ordering::Relaxed), self.count());
        let after = Self::new(count * 2);
        let remade = self.remade.load(Ordering::Relaxed);
        self.remade.store(remade + 1, Ordering::Relaxed);
        // Whoever sees a node that was linked anew sees the number too.
        fence(Ordering::Release);
        for index in 0..count {
            // SAFETY: the array in use has `count` chains.
            let mut next = unsafe { &*before.add(index) }.load(Ordering::Relaxed);
            while let Some(head) = NonNull::new(next) {
                let node = Node(head);
                next = node.head().next.load(Ordering::Relaxed);
                after.link(node);
            }
        }
        let first = after.first.swap(std::ptr::null_mut(), Ordering::Relaxed);
        self.first.store(first, Ordering::Release);
        self.mask.store(count * 2 - 1, Ordering::Release);
        self.remade.store(remade + 2, Ordering::Release);
        // SAFETY: it was made by `chains` with this many, and is in use no more.
        unsafe { Chains::from_raw(std::ptr::slice_from_raw_parts_mut(before, count)) }
    }

    /// All nodes, none of which is in a chain any more.
    pub(super) fn take(&self) -> Vec<Node> {
        let nodes = self.nodes();
        let empty = Self::new(1);
        let first = empty.first.swap(std::ptr::null_mut(), Ordering::Relaxed);
        let (before, count) = (self.first.swap(first, Ordering::Relaxed), self.mask.swap(0, Ordering::Relaxed) + 1);
        // SAFETY: it was made by `chains` with this many, and nobody is inside any more: the table is no more.
        drop(unsafe { Chains::from_raw(std::ptr::slice_from_raw_parts_mut(before, count)) });
        nodes
    }

    /// All nodes.
    pub(super) fn nodes(&self) -> Vec<Node> {
        let first = self.first.load(Ordering::Relaxed);
        let mut nodes = Vec::new();
        for index in 0..self.count() {
            // SAFETY: the array in use has `count` chains.
            let mut next = NonNull::new(unsafe { &*first.add(index) }.load(Ordering::Relaxed));
            while let Some(head) = next {
                nodes.push(Node(head));
                next = NonNull::new(Node(head).head().next.load(Ordering::Relaxed));
            }
        }
        nodes
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        let (first, count) = (self.first.load(Ordering::Relaxed), self.count());
        if !first.is_null() {
            // SAFETY: it was made by `chains` with this many, and nobody has it any more.
            drop(unsafe { Chains::from_raw(std::ptr::slice_from_raw_parts_mut(first, count)) });
        }
    }
}
