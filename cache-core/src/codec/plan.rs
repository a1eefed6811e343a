//! What is known about a type: traced once in a process, then found by its `TypeId`.

use std::{
    any::{TypeId, type_name},
    collections::HashMap,
    hash::{Hash as _, Hasher},
    sync::{
        LazyLock, OnceLock, PoisonError, RwLock, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use serde::de::DeserializeOwned;
use twox_hash::XxHash3_64;

use super::trace::Schema;

/// Part of every fingerprint: another layout of the payloads makes all of them differ.
const LAYOUT: &str = "larder codec 1";

/// The first plans of types with these last bits in their `TypeId`, found without a lock: every hit on a store of bytes asks for
/// one.
static FIRST: [OnceLock<&'static Plan>; 128] = [const { OnceLock::new() }; 128];

static PLANS: LazyLock<RwLock<HashMap<TypeId, &'static Plan>>> = LazyLock::new(RwLock::default);

/// The lock of the plans of all types.
pub(crate) type Held = RwLockWriteGuard<'static, HashMap<TypeId, &'static Plan>>;

/// Holds it: see [`crate::fork`].
pub(crate) fn hold() -> Held {
    PLANS.write().unwrap_or_else(PoisonError::into_inner)
}

/// Bits of a `TypeId`, which is a hash.
fn last_bits(id: TypeId) -> usize {
    struct Last(u64);
    impl Hasher for Last {
        fn write(&mut self, bytes: &[u8]) {
            self.0 = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        }
        fn write_u64(&mut self, number: u64) {
            self.0 = number;
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }
    let mut last = Last(0);
    id.hash(&mut last);
    usize::try_from(last.0 & 0xffff).unwrap_or_default()
}

/// How values of a type are written.
#[derive(Debug)]
pub(crate) struct Plan {
    id: TypeId,
    pub(super) schema: Schema,
    pub(super) fingerprint: u64,
    /// The compact form does not bring this type back.
    needs_names: AtomicBool,
    /// Large values written so far.
    large: AtomicU32,
}

impl Plan {
    /// The plan of `T`. Plans are never freed: there are as many as types.
    pub(super) fn of<T: DeserializeOwned + 'static>() -> &'static Self {
        let id = TypeId::of::<T>();
        let first = FIRST.get(last_bits(id) % FIRST.len());
        if let Some(plan) = first.and_then(OnceLock::get)
            && plan.id == id
        {
            return plan;
        }
        let plan = Self::of_all::<T>(id);
        // Where another type was first, it stays.
        let _ = first.map(|first| first.set(plan));
        plan
    }

    #[inline(never)]
    fn of_all<T: DeserializeOwned + 'static>(id: TypeId) -> &'static Self {
        // A plan is inserted whole or not at all, so a panic elsewhere leaves nothing broken behind.
        if let Some(plan) = PLANS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return plan;
        }
        // Not under the lock: the type's own code runs here, and might come back to this table.
        let schema = Schema::of::<T>();
        let fingerprint = XxHash3_64::oneshot(format!("{LAYOUT}\n{}\n{}", type_name::<T>(), schema.text()).as_bytes());
        let needs_names = AtomicBool::new(schema.is_open());
        hold().entry(id).or_insert_with(|| {
            Box::leak(Box::new(Self { id, schema, fingerprint, needs_names, large: AtomicU32::new(0) }))
        })
    }

    pub(super) fn needs_names(&self) -> bool {
        self.needs_names.load(Ordering::Relaxed)
    }

    pub(super) fn set_needs_names(&self) {
        self.needs_names.store(true, Ordering::Relaxed);
    }

    /// The first large value of a type, and then one in `every`.
    pub(super) fn is_nth_large(&self, every: u32) -> bool {
        self.large.fetch_add(1, Ordering::Relaxed).is_multiple_of(every)
    }
}
