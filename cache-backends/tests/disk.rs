//! The disk handler over its public interface: the contract, bounds, several processes, and what it finds at start.
#![cfg(feature = "disk")]
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

#[path = "disk/background.rs"]
mod background;
#[path = "disk/bounds.rs"]
mod bounds;
#[path = "disk/children.rs"]
mod children;
#[path = "disk/clears.rs"]
mod clears;
#[path = "disk/containers.rs"]
mod containers;
#[path = "disk/counts.rs"]
mod counts;
#[path = "disk/damage.rs"]
mod damage;
#[path = "disk/harm.rs"]
mod harm;
#[path = "disk/invalidations.rs"]
mod invalidations;
#[path = "disk/kills.rs"]
mod kills;
#[path = "disk/large.rs"]
mod large;
// Elsewhere no process can say that it runs.
#[cfg(target_os = "linux")]
#[path = "disk/leading.rs"]
mod leading;
// Elsewhere the address space is not limited like that.
#[cfg(target_os = "linux")]
#[path = "disk/limits.rs"]
mod limits;
#[path = "disk/names.rs"]
mod names;
#[path = "disk/permissions.rs"]
mod permissions;
#[path = "disk/processes.rs"]
mod processes;
#[path = "disk/sharing.rs"]
mod sharing;
#[path = "disk/starts.rs"]
mod starts;
#[path = "disk/tools.rs"]
mod tools;
#[path = "disk/volumes.rs"]
mod volumes;

use cache_core::contract;
use tempfile::TempDir;
use tools::{builder, open_on};

#[test]
fn it_keeps_the_contract_of_backends() {
    let directories = std::cell::RefCell::new(Vec::new());
    contract::check(&|env| {
        let directory = TempDir::new().unwrap();
        let opened = open_on(builder(&directory), env);
        directories.borrow_mut().push(directory);
        opened
    });
}

#[test]
fn it_keeps_the_contract_with_a_prefix_beside_another_handler() {
    let directory = TempDir::new().unwrap();
    let count = std::cell::Cell::new(0);
    contract::check(&|env| {
        count.set(count.get() + 1);
        open_on(builder(&directory).prefix(format!("{}:", count.get())), env)
    });
}

#[test]
fn handlers_with_two_prefixes_on_one_directory_do_not_meet() {
    let directories = std::cell::RefCell::new(Vec::new());
    contract::check_prefixes(&|env, prefixes| {
        let directory = TempDir::new().unwrap();
        let opened = prefixes.map(|prefix| open_on(builder(&directory).prefix(prefix), env));
        directories.borrow_mut().push(directory);
        opened
    });
}
