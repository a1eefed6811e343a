//! Epochs that are kept near never outlive what the server knows.

use std::time::Duration;

use cache_core::key::Key;
use cache_core::{Backend, Epoch, EpochName, Life, block_on};

use crate::server::{Server, eventually};

fn look(backend: &dyn Backend, name: &EpochName<'_>) -> Option<Epoch> {
    block_on(backend.look(&Key::direct("a"), std::slice::from_ref(name))).unwrap().epochs[0]
}

/// Makes the epoch and waits until looks need no `MGET` for it any more.
fn bring_near(server: &Server, backend: &dyn Backend, name: &EpochName<'_>) -> Epoch {
    let epoch = block_on(backend.epochs(std::slice::from_ref(name), Life::of(Duration::from_secs(60)))).unwrap()[0];
    eventually("the epoch is near", || {
        let before = server.calls("mget");
        assert_eq!(look(backend, name), Some(epoch));
        server.calls("mget") == before
    });
    epoch
}

#[test]
fn an_epoch_that_the_server_lost_is_missing_and_never_stale() {
    let server = Server::start();
    let backend = server.backend();
    let tag = EpochName::tag("t");
    for command in [&["DEL", "cache:e:t:t"][..], &["FLUSHDB"], &["FLUSHALL"], &["PEXPIRE", "cache:e:t:t", "0"]] {
        let epoch = bring_near(&server, &*backend, &tag);
        redis::cmd(command[0]).arg(&command[1..]).exec(&mut server.raw()).unwrap();
        // The server sends its message before it acknowledges the command, on another connection: a look that begins
        // now is behind it.
        assert_eq!(look(&*backend, &tag), None, "after {command:?}");
        let next = block_on(backend.epochs(std::slice::from_ref(&tag), Life::FOREVER)).unwrap()[0];
        assert_ne!(next, epoch, "after {command:?}");
        block_on(backend.renew(std::slice::from_ref(&tag))).unwrap();
    }
}

#[test]
fn an_epoch_that_expires_is_missing() {
    let server = Server::start();
    let backend = server.backend();
    let tag = EpochName::tag("t");
    bring_near(&server, &*backend, &tag);
    redis::cmd("PEXPIRE").arg("cache:e:t:t").arg(20).exec(&mut server.raw()).unwrap();
    eventually("the epoch is missing", || look(&*backend, &tag).is_none());
}

#[test]
fn a_renewal_is_seen_at_once_by_its_own_process_and_by_others() {
    let server = Server::start();
    let (one, other) = (server.backend(), server.backend());
    let tag = EpochName::tag("t");
    for _ in 0..200 {
        let names = std::slice::from_ref(&tag);
        let before = block_on(one.epochs(names, Life::FOREVER)).unwrap()[0];
        assert_eq!(look(&*other, &tag), Some(before));
        block_on(one.renew(names)).unwrap();
        let now = look(&*one, &tag);
        assert_ne!(now, Some(before));
        assert_eq!(block_on(one.current(names)).unwrap(), [now]);
        assert_eq!(block_on(one.epochs(names, Life::FOREVER)).unwrap(), [now.unwrap()]);
        assert_eq!(look(&*other, &tag), now, "a look of another process that began after a renewal");
    }
}

/// Many threads look while others renew: what a look that began after a renewal gives is that number or a newer one.
#[test]
fn no_look_is_older_than_a_renewal_that_ended_before_it() {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    let server = Server::start();
    let handlers = [server.backend(), server.backend()];
    let tag = EpochName::tag("t");
    let past: Mutex<Vec<Epoch>> = Mutex::new(Vec::new());
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for index in 0..4 {
            let (backend, tag, past, ended) = (&handlers[index % 2], &tag, &past, &ended);
            scope.spawn(move || {
                while !ended.load(Ordering::SeqCst) {
                    let over = past.lock().unwrap().len();
                    let found = look(&**backend, tag);
                    let past = past.lock().unwrap();
                    assert!(!past[..over].iter().any(|epoch| found == Some(*epoch)), "a look gave a past epoch");
                }
            });
        }
        let names = std::slice::from_ref(&tag);
        for _ in 0..500 {
            let before = block_on(handlers[0].epochs(names, Life::FOREVER)).unwrap()[0];
            block_on(handlers[0].renew(names)).unwrap();
            // From the moment that the renewal is acknowledged.
            past.lock().unwrap().push(before);
        }
        ended.store(true, Ordering::SeqCst);
    });
}

#[test]
fn epochs_live_as_long_as_what_records_them_and_not_for_ever() {
    let server = Server::start();
    let backend = server.backend();
    let tag = EpochName::tag("t");
    let names = std::slice::from_ref(&tag);
    let left = || -> i64 { redis::cmd("PTTL").arg("cache:e:t:t").query(&mut server.raw()).unwrap() };
    let day = 24 * 60 * 60 * 1_000;
    block_on(backend.epochs(names, Life::of(Duration::from_millis(10)))).unwrap();
    assert!(left() > 0, "an epoch of a finite life stays for ever");
    block_on(backend.extend(names, Life::of(Duration::from_millis(day)))).unwrap();
    assert!(left() >= day as i64);
    block_on(backend.extend(names, Life::of(Duration::from_secs(1)))).unwrap();
    assert!(left() >= day as i64, "a short extension shortened a life");
    block_on(backend.extend(names, Life::FOREVER)).unwrap();
    assert_eq!(left(), -1);
    block_on(backend.renew(names)).unwrap();
    assert!(left() > 0, "an epoch that nothing records stays for ever");
}

#[test]
fn what_is_no_epoch_is_replaced_by_one() {
    let server = Server::start();
    let backend = server.backend();
    redis::cmd("SET").arg("cache:e:t:t").arg("junk").exec(&mut server.raw()).unwrap();
    let tag = EpochName::tag("t");
    assert_eq!(look(&*backend, &tag), None);
    let made = block_on(backend.epochs(std::slice::from_ref(&tag), Life::FOREVER)).unwrap();
    assert_eq!(look(&*backend, &tag), Some(made[0]));
}
