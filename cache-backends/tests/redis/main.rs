//! The Redis handler against servers of its own.

#![allow(clippy::unwrap_used, reason = "a test that unwraps an error fails with it")]

#[cfg(feature = "tls")]
mod certificates;
mod clearing;
mod cluster;
mod configuration;
mod connection;
mod crowd;
#[cfg(all(feature = "zstd", feature = "encrypt"))]
mod envelope;
#[cfg(all(feature = "zstd", feature = "encrypt"))]
mod envelope_keys;
mod epochs;
mod exchange;
mod group;
mod lead;
mod patience;
mod proxy;
mod runtimes;
mod sentinel;
mod server;
mod slots;
#[cfg(feature = "ram")]
mod tiered;
#[cfg(feature = "tls")]
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};

use cache_core::contract;

use server::{Server, open, opened};

#[test]
fn it_passes_the_contract() {
    let server = Server::start();
    contract::check(&|_| opened(server.builder().prefix(fresh_prefix())));
}

#[test]
fn it_passes_the_contract_without_tracking() {
    let server = Server::start();
    forbid_tracking(&server);
    contract::check(&|_| opened(server.builder().prefix(fresh_prefix()).username("plain").password("plain")));
}

#[test]
fn its_prefixes_never_meet() {
    let server = Server::start();
    contract::check_prefixes(&|_, prefixes| {
        let round = fresh_prefix();
        prefixes.map(|prefix| opened(server.builder().prefix(format!("{round}{prefix}"))))
    });
}

/// A prefix that no other handler of this process has.
pub(crate) fn fresh_prefix() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{}:", NEXT.fetch_add(1, Ordering::SeqCst))
}

/// Makes a user `plain` who may not use `CLIENT TRACKING`.
pub(crate) fn forbid_tracking(server: &Server) {
    let user = ["plain", "on", ">plain", "~*", "&*", "+@all", "-client|tracking"];
    redis::cmd("ACL").arg("SETUSER").arg(&user).exec(&mut server.raw()).unwrap();
}

#[test]
fn a_handler_on_a_unix_socket_shares_entries_with_one_on_a_port() {
    use cache_core::key::Key;
    use cache_core::{Life, Slot, Stored, When, block_on};

    let server = Server::start();
    let one = server.backend();
    let url = format!("unix://{}?db=0", server.socket().display());
    let other = open(cache_backends::Redis::builder().url(url));
    let key = Key::direct("a");
    let value = Some(Stored::Bytes(b"value".to_vec()));
    assert!(block_on(one.put(Slot::Entry(&key), value, Life::FOREVER, When::Always)).unwrap());
    let found = block_on(other.get(&[Slot::Entry(&key)])).unwrap();
    assert_eq!(found[0].as_ref().and_then(Stored::as_bytes), Some(&b"value"[..]));
}
