//! A node of the table: one entry, its key and its value in one allocation.
//!
//! ```text
//! | Head, of one layout | the bytes of the key, filled up to words | the value, of its own type |
//! ```
//!
//! A node is found through its head, which does not know the type of the value. What does is its kind, a number that
//! stands for one type: all nodes of one kind have values of one type, whatever keys they have.

#![allow(unsafe_code, reason = "keys of any length and values of any type lie behind a head of one type")]

use std::alloc::Layout;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use cache_core::key::Kept;

use super::head::{Head, LONG, Tag};
use super::kind::Kind;
use super::reader::Pin;
use super::weight::Weight;

/// What a node is made with, beside its value.
#[derive(Clone, Copy)]
pub(super) struct Plate<'a> {
    pub(super) key: &'a [u8],
    pub(super) hash: u32,
    pub(super) owner: u32,
    pub(super) ends: u64,
    pub(super) weight: Weight,
}

/// A node. Whoever has one knows that it is alive: by the lock of its shard, by a pin ([`Held`]), or because nobody else
/// has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node(pub(super) NonNull<Head>);

// SAFETY: what is behind the pointer is a key of bytes and a value that is `Send + Sync`.
unsafe impl Send for Node {}

/// A node that is alive for as long as a pin is.
#[derive(Clone, Copy)]
pub(super) struct Held<'p>(Node, PhantomData<&'p Pin>);

/// Where a value lies in its node, and what was allocated for both.
#[inline]
fn layout<V>(words: usize) -> (usize, Layout) {
    let before = size_of::<Head>() + words * 8;
    let offset = before.next_multiple_of(align_of::<V>());
    let align = if align_of::<V>() > align_of::<Head>() { align_of::<V>() } else { align_of::<Head>() };
    // SAFETY: alignments are powers of two, and a value and a short key beside it are far from as large as memory.
    (offset, unsafe { Layout::from_size_align_unchecked(offset + size_of::<V>(), align) })
}

impl Node {
    /// A node that nobody sees yet, in a place that `take` gives. Whoever has it clears it, by [`Node::clear`] of the same type,
    /// and gives the place back.
    pub(super) fn make<V>(
        kind: Kind<V>,
        plate: &Plate<'_>,
        value: V,
        take: impl FnOnce(Layout) -> NonNull<u8>,
    ) -> Self {
        let tag = Tag::new(plate.owner, kind.number(), plate.key.len());
        let (offset, layout) = layout::<V>(tag.words());
        let head = take(layout).cast::<Head>();
        let made = Head::new(tag, plate);
        let node = Self(head);
        // SAFETY: all three parts lie in what was allocated, by its layout, and nobody else has it.
        unsafe {
            head.write(made);
            node.write_key(plate.key);
            head.byte_add(offset).cast::<V>().write(value);
        }
        node
    }

    /// # Safety
    /// Nobody else has the node; its head is written and its key is not.
    unsafe fn write_key(self, key: &[u8]) {
        let (words, count) = (self.words(), self.head().tag.words());
        let copy = |words: *mut u64, count: usize| {
            // SAFETY: there is room for as many words, and `key` is not longer than they are.
            unsafe {
                if let Some(last) = count.checked_sub(1) {
                    words.add(last).write(0);
                }
                words.cast::<u8>().copy_from_nonoverlapping(key.as_ptr(), key.len());
            }
        };
        if self.head().tag.is_long() {
            let mut long = vec![0_u64; key.len().div_ceil(8)].into_boxed_slice();
            copy(long.as_mut_ptr(), long.len());
            // SAFETY: there is room for two words.
            unsafe {
                words.cast::<*mut u64>().write(Box::into_raw(long).cast());
                words.add(1).write(key.len() as u64);
            }
        } else {
            copy(words, count);
        }
    }

    /// Drops its value, and what lies elsewhere of its key.
    ///
    /// # Safety
    /// [`Node::make`] gave it for this type, nobody else has it any more, and only its place is used after this.
    pub(super) unsafe fn clear<V>(self) {
        let (tag, words) = (self.head().tag, self.words());
        // SAFETY: a long key is what `write_key` has left there; the value lies there, and is not used after this.
        unsafe {
            if tag.is_long() {
                let count = self.key().words.len();
                drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(words.cast::<*mut u64>().read(), count)));
            }
            let (offset, _) = layout::<V>(tag.words());
            self.0.byte_add(offset).cast::<V>().drop_in_place();
        }
    }

    /// How its place was asked for.
    pub(super) fn layout<V>(self) -> Layout {
        layout::<V>(self.head().tag.words()).1
    }

    #[inline]
    pub(super) fn head(&self) -> &Head {
        // SAFETY: a head is initialized, and whoever has a node knows that it is alive.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    const fn words(self) -> *mut u64 {
        // SAFETY: the words of the key lie behind the head.
        unsafe { self.0.as_ptr().add(1).cast() }
    }

    /// The bytes of a node with a key of this length, and a value that is laid out like this.
    pub(super) fn size(length: usize, value: Layout) -> usize {
        let before = size_of::<Head>() + Tag::words_of(length) * 8;
        let long = if length < LONG { 0 } else { length.next_multiple_of(8) };
        before.next_multiple_of(value.align()) + value.size() + long
    }

    /// The recorded bytes of its key.
    #[inline]
    pub(super) fn key(&self) -> Kept<'_> {
        let (tag, mut words) = (self.head().tag, self.words().cast_const());
        let mut length = tag.length();
        if tag.is_long() {
            // SAFETY: the two words are the address of a long key and its length.
            unsafe { (words, length) = (words.cast::<*const u64>().read(), words.add(1).read() as usize) };
        }
        // SAFETY: so many bytes lie there, filled up to whole words, and are not written any more.
        unsafe { Self::kept(words, length) }
    }

    /// Its value, if it is of this kind.
    #[inline]
    pub(super) fn value<V>(&self, kind: Kind<V>) -> Option<&V> {
        let tag = self.head().tag;
        if tag.kind() != kind.number() {
            return None;
        }
        // SAFETY: a number is given to one type only, and a node has it only if it was made as a node of that type
        // (`Node::make` is the only place that makes a head).
        Some(unsafe { self.value_behind(tag.words()) })
    }

    /// The value behind a key of so many words.
    ///
    /// # Safety
    /// The node was made for values of this type, and its key takes so many words.
    #[inline]
    pub(super) unsafe fn value_behind<V>(&self, words: usize) -> &V {
        let (offset, _) = layout::<V>(words);
        // SAFETY: a value of this type lies there, as the caller says, and lives as long as the node.
        unsafe { self.0.byte_add(offset).cast::<V>().as_ref() }
    }

    /// [`Node::key`], where its length is known.
    ///
    /// # Safety
    /// The tag says that it is of this length, which is less than [`LONG`].
    #[inline]
    pub(super) const unsafe fn key_of(&self, length: usize) -> Kept<'_> {
        // SAFETY: so many bytes lie there, filled up to whole words, and are not written any more.
        unsafe { Self::kept(self.words(), length) }
    }

    #[inline]
    const unsafe fn kept<'a>(words: *const u64, length: usize) -> Kept<'a> {
        // SAFETY: as the caller says.
        unsafe {
            Kept {
                bytes: slice::from_raw_parts(words.cast(), length),
                words: slice::from_raw_parts(words, length.div_ceil(8)),
            }
        }
    }
}

impl<'p> Held<'p> {
    /// # Safety
    /// The node is not freed before the pin ends.
    #[inline]
    pub(super) const unsafe fn new(node: Node, _pin: &'p Pin) -> Self {
        Self(node, PhantomData)
    }

    /// The same, without the pin.
    ///
    /// # Safety
    /// It is not used when the pin has ended.
    #[inline]
    pub(super) const unsafe fn detach(self) -> Held<'static> {
        Held(self.0, PhantomData)
    }

    #[inline]
    pub(super) fn head(self) -> &'p Head {
        // SAFETY: it is alive for as long as the pin, by `Held::new`.
        unsafe { self.0.0.as_ref() }
    }

    /// See [`Node::value`].
    #[inline]
    pub(super) fn value<V>(self, kind: Kind<V>) -> Option<&'p V> {
        let value: *const V = self.0.value(kind)?;
        // SAFETY: it is alive for as long as the pin, by `Held::new`.
        Some(unsafe { &*value })
    }

    pub(super) const fn node(&self) -> &Node {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use cache_core::key::{Probe as _, Recorded};

    use super::super::kind;
    use super::super::pool::Places;
    use super::*;

    #[test]
    fn a_key_is_equal_to_its_own_bytes_and_to_no_others() {
        let lengths = (0..40).chain([LONG - 1, LONG, LONG + 7]);
        let keys: Vec<Vec<u8>> = lengths.flat_map(|n| [vec![0; n], vec![1; n]]).collect();
        let kind = Kind::<String>::of_values().unwrap();
        for one in &keys {
            let plate = Plate { key: one, hash: 0, owner: 1, ends: 7, weight: Weight::default() };
            let mut places = Places::default();
            let node = Node::make(kind, &plate, "a value".to_owned(), |layout| places.take(layout));
            for other in &keys {
                let is = node.head().tag == Tag::new(1, kind.number(), other.len()) && Recorded(other).is(node.key());
                assert_eq!(is, one == other, "{one:?} {other:?}");
            }
            assert_eq!(node.value(kind).map(String::as_str), Some("a value"));
            assert!(node.value(kind::whole()).is_none());
            let layout = node.layout::<String>();
            // SAFETY: it was made as a node of this type, and nobody else has it.
            unsafe {
                node.clear::<String>();
                places.give(node.0.cast(), layout);
            }
        }
    }
}
