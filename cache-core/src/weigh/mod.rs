//! [`Weigh`]: how many bytes a value has on the heap, for handlers that bound the bytes of what they keep.

mod collections;
mod pointers;
mod values;

use std::any::{Any, TypeId};

/// The bytes that a value owns on the heap.
///
/// A handler with `max_bytes` adds them to the size of the value itself. They are asked for once, when the value is stored, and
/// what changes in it later (behind a `Mutex`, say) does not count. Implemented for the types of the standard library, as sums
/// over what is in them; a type without it counts by its size alone, whatever it points to.
///
/// It is asked while no lock is held. A value is not kept if it panics there.
///
/// ```
/// use cache_core::Weigh;
///
/// struct Page {
///     title: String,
///     links: Vec<String>,
/// }
///
/// impl Weigh for Page {
///     fn heap_size(&self) -> usize {
///         self.title.heap_size() + self.links.heap_size()
///     }
/// }
///
/// let page = Page { title: "news".to_owned(), links: vec!["a".to_owned(), "b".to_owned()] };
/// assert_eq!(page.heap_size(), 4 + 2 * (size_of::<String>() + 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "the bytes of `{Self}` on the heap are not known: it does not implement `larder::Weigh`",
    label = "not weighed",
    note = "implement `Weigh` for it, by the sum of the `heap_size()` of its fields"
)]
pub trait Weigh {
    /// Whether there can be any. Where this is false, values in a collection are not asked one by one.
    const HAS_HEAP: bool = true;

    /// How many bytes there are: all that the value alone makes be there. What is shared (behind an `Arc`) counts in full, and
    /// what is borrowed does not count.
    fn heap_size(&self) -> usize;
}

/// The bytes of all `items` on the heap, beside what they are themselves.
fn sum<'a, T: Weigh + 'a>(items: impl IntoIterator<Item = &'a T>) -> usize {
    if !T::HAS_HEAP {
        return 0;
    }
    items.into_iter().fold(0, |sum, item| sum.saturating_add(item.heap_size()))
}

/// How values of one type are weighed, the type forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Weigher {
    id: fn() -> TypeId,
    heap_size: fn(&dyn Any) -> usize,
}

impl Weigher {
    /// By their [`Weigh`].
    #[must_use]
    pub const fn of<V: Weigh + 'static>() -> Self {
        Self { id: TypeId::of::<V>, heap_size: |value| value.downcast_ref::<V>().map_or(0, Weigh::heap_size) }
    }

    /// Of which type.
    #[must_use]
    pub fn id(&self) -> TypeId {
        (self.id)()
    }

    /// See [`Weigh::heap_size`]; 0 for a value of another type.
    ///
    /// # Panics
    /// If the type's own code does.
    #[must_use]
    pub fn heap_size(&self, value: &dyn Any) -> usize {
        (self.heap_size)(value)
    }
}
