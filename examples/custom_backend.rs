//! A store of your own: `cargo run --example custom_backend`
//!
//! Four operations on slots are all that larder needs. `larder::contract::check` tells whether every promise is kept.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use larder::backend::{Slot, Stored, When};
use larder::key::Key;
use larder::{Backend, Cache, Clock, Life, Pattern, Reply, cached};

/// Bytes under texts, each until a moment. Think of a table of a database.
#[derive(Default)]
pub(crate) struct Table(Mutex<HashMap<String, (Vec<u8>, u64)>>);

impl Table {
    fn rows(&self) -> MutexGuard<'_, HashMap<String, (Vec<u8>, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(rows: &HashMap<String, (Vec<u8>, u64)>, slot: &Slot<'_>) -> Option<Stored> {
    let (bytes, ends) = rows.get(&*slot.text())?;
    (Clock::system().wall() < *ends).then(|| Stored::Bytes(bytes.clone()))
}

impl Backend for Table {
    fn get<'a>(&'a self, slots: &'a [Slot<'a>]) -> Reply<'a, Vec<Option<Stored>>> {
        let rows = self.rows();
        Reply::ready(Ok(slots.iter().map(|slot| read(&rows, slot)).collect()))
    }

    fn put<'a>(&'a self, slot: Slot<'a>, stored: Option<Stored>, life: Life, when: When<'a>) -> Reply<'a, bool> {
        let mut rows = self.rows();
        let held = read(&rows, &slot);
        let allowed = match when {
            When::Always => true,
            When::Absent => held.is_none(),
            When::Unchanged { seen, epoch } => {
                let epoch_of = |name| read(&rows, &Slot::Epoch(name)).and_then(|found| found.epoch());
                seen.holds(held.as_ref()) && epoch.is_none_or(|(name, number)| epoch_of(name) == Some(number))
            }
        };
        if allowed {
            match stored {
                Some(Stored::Bytes(bytes)) => {
                    rows.insert(slot.text().into_owned(), (bytes, life.ends(Clock::system().wall())));
                }
                _ => drop(rows.remove(&*slot.text())),
            }
        }
        Reply::ready(Ok(allowed))
    }

    fn remove_matching<'a>(&'a self, pattern: &'a Pattern) -> Reply<'a, ()> {
        self.rows().retain(|text, _| !Key::subject_of(text).is_some_and(|subject| pattern.matches(subject)));
        Reply::ready(Ok(()))
    }

    fn keeps_time(&self) -> bool {
        true // by the machine's clock, whatever clock the cache goes by
    }

    fn reclaim(&self) -> Reply<'_, ()> {
        self.rows().retain(|text, _| text.starts_with("e:"));
        Reply::ready(Ok(()))
    }
}

#[cached(handler = "table", ttl = 30)]
fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() -> Result<(), larder::Error> {
    Cache::builder().handler("table", Table::default()).build()?.install()?;
    println!("{} {}: two calls, {} run", greeting("world"), greeting("world"), greeting::stats().runs);
    Ok(())
}
