//! The map of flights: many writers meet in it and no hit passes it, which is what dashmap is for.

use std::hash::Hash;

/// A concurrent map from keys to cheap clones.
pub(crate) struct Map<K, V>(Inner<K, V>);

#[cfg(not(loom))]
type Inner<K, V> = dashmap::DashMap<K, V, foldhash::fast::RandomState>;
#[cfg(loom)]
type Inner<K, V> = crate::sync::Mutex<std::collections::HashMap<K, V>>;

#[cfg(not(loom))]
impl<K: Eq + Hash, V: Clone> Map<K, V> {
    /// What is there, unless it is `over`; then, or if nothing is, what `make` gives. And whether it was made.
    pub(crate) fn get_or_replace(
        &self,
        key: K,
        over: impl FnOnce(&V) -> bool,
        make: impl FnOnce(&K) -> V,
    ) -> (V, bool) {
        match self.0.entry(key) {
            dashmap::Entry::Occupied(mut entry) => {
                if over(entry.get()) {
                    let made = make(entry.key());
                    entry.insert(made.clone());
                    return (made, true);
                }
                (entry.get().clone(), false)
            }
            dashmap::Entry::Vacant(entry) => {
                let made = make(entry.key());
                entry.insert(made.clone());
                (made, true)
            }
        }
    }

    /// Removes what is there if `which` says so.
    pub(crate) fn remove_if(&self, key: &K, which: impl FnOnce(&V) -> bool) {
        self.0.remove_if(key, |_, value| which(value));
    }
}

#[cfg(loom)]
impl<K: Eq + Hash + Clone, V: Clone> Map<K, V> {
    pub(crate) fn get_or_replace(
        &self,
        key: K,
        over: impl FnOnce(&V) -> bool,
        make: impl FnOnce(&K) -> V,
    ) -> (V, bool) {
        let mut map = crate::sync::lock(&self.0);
        match map.get(&key) {
            Some(found) if !over(found) => (found.clone(), false),
            _ => {
                let made = make(&key);
                map.insert(key, made.clone());
                (made, true)
            }
        }
    }

    pub(crate) fn remove_if(&self, key: &K, which: impl FnOnce(&V) -> bool) {
        let mut map = crate::sync::lock(&self.0);
        if map.get(key).is_some_and(which) {
            map.remove(key);
        }
    }
}

impl<K: Eq + Hash, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(Inner::default())
    }
}
