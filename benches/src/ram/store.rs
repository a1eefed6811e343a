//! A function in front of a store of a peer's.
//!
//! Each store is used in the way that is cheapest for it: look, by the borrowed key where it can, then run and insert
//! what is missing. Functions like `get_with` do more: they let several callers wait for one run, as larder does.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use cached::Cached;
use foldhash::fast::RandomState;

use crate::contender::{About, Contender};
use crate::peers::TTL;
use crate::rounds::now;
use crate::shape::Shape;

pub trait Store<S: Shape>: Send + Sync + 'static {
    fn get(&self, args: S::Args) -> Option<S::Value>;
    fn insert(&self, key: S::Key, value: S::Value);
}

/// The function that looks into the store, and runs and inserts what is missing.
pub fn looking<S: Shape>(about: About, store: impl Store<S>) -> Contender<S::Args> {
    Contender::new(about, move |args: S::Args| {
        store.get(args).unwrap_or_else(|| {
            let value = S::body(args);
            store.insert(S::own(args), value.clone());
            value
        })
    })
}

/// The floor: it holds all that is asked for, and nobody writes.
pub struct Floor<S: Shape>(pub hashbrown::HashMap<S::Key, S::Value, RandomState>);

impl<S: Shape> Store<S> for Floor<S> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.0.get(&args).cloned()
    }

    fn insert(&self, _key: S::Key, _value: S::Value) {
        panic!("the floor was asked for what it does not hold");
    }
}

impl<S: Shape> Store<S> for moka::sync::Cache<S::Key, S::Value> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.get(&args)
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.insert(key, value);
    }
}

/// It takes no borrowed key.
impl<S: Shape> Store<S> for mini_moka::sync::Cache<S::Key, S::Value> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.get(&S::own(args))
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.insert(key, value);
    }
}

impl<S: Shape> Store<S> for quick_cache::sync::Cache<S::Key, S::Value> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.get(&args)
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.insert(key, value);
    }
}

/// `quick_cache` with the time of each value beside it, since it has no ttl.
pub struct Timed<S: Shape>(pub quick_cache::sync::Cache<S::Key, (S::Value, Instant)>);

impl<S: Shape> Store<S> for Timed<S> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        let (value, since) = self.0.get(&args)?;
        (now() - since < TTL).then_some(value)
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.0.insert(key, (value, now()));
    }
}

impl<S: Shape> Store<S> for foyer_memory::Cache<S::Key, S::Value> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        Some(self.get(&args)?.value().clone())
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.insert(key, value);
    }
}

impl<S: Shape> Store<S> for papaya::HashMap<S::Key, S::Value, RandomState> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.pin().get(&args).cloned()
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.pin().insert(key, value);
    }
}

impl<S: Shape> Store<S> for scc::HashIndex<S::Key, S::Value, RandomState> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.peek_with(&args, |_, value| value.clone())
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        // Who comes second finds the value of the first, which is the same.
        let _ = self.insert_sync(key, value);
    }
}

impl<S: Shape> Store<S> for scc::HashCache<S::Key, S::Value, RandomState> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.get_sync(&args).map(|entry| entry.get().clone())
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        let _ = self.put_sync(key, value);
    }
}

/// It takes no borrowed key.
impl<S: Shape> Store<S> for dashmap::DashMap<S::Key, S::Value> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.get(&S::own(args)).map(|value| value.clone())
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.insert(key, value);
    }
}

/// The least recently used goes, under a lock: what `cached` and `memoize` do.
pub struct Lru<S: Shape>(pub Mutex<cached::LruCache<S::Key, S::Value>>);

impl<S: Shape> Store<S> for Lru<S> {
    fn get(&self, args: S::Args) -> Option<S::Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cache_get(&S::own(args)).cloned()
    }

    fn insert(&self, key: S::Key, value: S::Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cache_set(key, value);
    }
}
