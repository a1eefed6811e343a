//! Types of values by number, and what can be done with a node whose type is not known.

#![allow(unsafe_code, reason = "a number stands for one type")]

use std::alloc::Layout;
use std::any::TypeId;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, LazyLock};

use cache_core::{Entry, Object, Value};

use super::lock::Mutex;
use super::node::{Node, Plate};

/// A type of values, and its number.
#[derive(Debug)]
pub(super) struct Kind<V> {
    number: u16,
    of: PhantomData<fn() -> V>,
}

impl<V> Clone for Kind<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Kind<V> {}

/// What can be done with the nodes of one kind.
pub(super) struct Operations {
    number: u16,
    /// A node with a copy of the value of an object; none if it is of another type.
    make: fn(&Operations, &Plate<'_>, &Object, Take<'_>) -> Option<Node>,
    /// A copy of the value of a node of this kind.
    object: fn(&Operations, Node) -> Option<Object>,
    clear: unsafe fn(Node),
    layout: fn(Node) -> Layout,
}

/// Gives a place for a node.
pub(super) type Take<'a> = &'a mut dyn FnMut(Layout) -> NonNull<u8>;

/// By number.
static OPERATIONS: [AtomicPtr<Operations>; 1 << 16] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 1 << 16];

/// The numbers of types. The first is that of whole entries, so that there is one for them in any case.
static NUMBERS: LazyLock<Mutex<HashMap<TypeId, u16>>> = LazyLock::new(|| {
    let whole = Operations {
        number: 0,
        make: |_, _, _, _| None,
        object: |_, _| None,
        clear: Node::clear::<Arc<Entry>>,
        layout: Node::layout::<Arc<Entry>>,
    };
    OPERATIONS[0].store(Box::leak(Box::new(whole)), Ordering::Release);
    Mutex::new(HashMap::from([(TypeId::of::<Arc<Entry>>(), 0)]))
});

/// See [`super::fork`].
pub(super) fn hold() {
    NUMBERS.hold();
}

/// Lets it go.
///
/// # Safety
/// This thread holds it, by [`hold`].
pub(super) unsafe fn let_go() {
    // SAFETY: as the caller says.
    unsafe { NUMBERS.let_go() };
}

/// What can be done with the nodes of the kind that has this number.
pub(super) fn operations(number: u16) -> Option<&'static Operations> {
    let operations = OPERATIONS[usize::from(number)].load(Ordering::Acquire);
    // SAFETY: what is stored there was leaked and is never changed.
    unsafe { operations.as_ref() }
}

impl<V> Kind<V> {
    /// The kind that has this number.
    ///
    /// # Safety
    /// The number was given for `V`.
    pub(super) const unsafe fn of_number(number: u16) -> Self {
        Self { number, of: PhantomData }
    }

    #[inline]
    pub(super) const fn number(self) -> u16 {
        self.number
    }
}

impl<V: Value> Kind<V> {
    /// The kind of values that lie in their nodes: always the same number, and no other type's. None when there are more
    /// types than numbers.
    pub(super) fn of_values() -> Option<Self> {
        let mut numbers = NUMBERS.lock();
        let number = match numbers.get(&TypeId::of::<V>()) {
            Some(number) => *number,
            None => {
                let number = u16::try_from(numbers.len()).ok()?;
                OPERATIONS[usize::from(number)].store(Box::leak(Box::new(Self::operations(number))), Ordering::Release);
                numbers.insert(TypeId::of::<V>(), number);
                number
            }
        };
        Some(Self { number, of: PhantomData })
    }

    fn operations(number: u16) -> Operations {
        Operations {
            number,
            make: |operations, plate, object, take| {
                let value = object.downcast_ref::<V>()?.clone();
                Some(Node::make(Self { number: operations.number, of: PhantomData }, plate, value, take))
            },
            object: |operations, node| {
                let value = node.value(Self { number: operations.number, of: PhantomData })?.clone();
                Some(Arc::new(value))
            },
            clear: Node::clear::<V>,
            layout: Node::layout::<V>,
        }
    }
}

/// The kind of entries that are kept as they were given: with tags, or of types that are not known here.
pub(super) fn whole() -> Kind<Arc<Entry>> {
    LazyLock::force(&NUMBERS);
    Kind { number: 0, of: PhantomData }
}

impl Operations {
    /// A node of this kind with a copy of the value of `object`, in a place that `take` gives; none if that is of another type.
    pub(super) fn make(&self, plate: &Plate<'_>, object: &Object, take: Take<'_>) -> Option<Node> {
        (self.make)(self, plate, object, take)
    }

    /// A copy of the value of `node`; none if it is of another kind.
    pub(super) fn object(&self, node: Node) -> Option<Object> {
        (self.object)(self, node)
    }

    /// Drops what is in a node.
    ///
    /// # Safety
    /// The node is of this kind, nobody else has it any more, and only its place is used after this.
    pub(super) unsafe fn clear(&self, node: Node) {
        // SAFETY: as the caller says.
        unsafe { (self.clear)(node) };
    }

    /// How the place of a node was asked for.
    pub(super) fn layout(&self, node: Node) -> Layout {
        (self.layout)(node)
    }
}
