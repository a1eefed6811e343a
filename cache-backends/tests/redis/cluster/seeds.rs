//! Servers that are named and are of no use, and those that are.

use std::net::TcpListener;
use std::time::Duration;

use cache_backends::{Redis, RedisBuilder};
use cache_core::key::Key;
use cache_core::{Clock, Life, Slot, Stored, When, block_on};

use super::nodes::Nodes;
use crate::server::{Server, eventually, open};

/// What a write comes to, and how many milliseconds it takes.
fn write(builder: RedisBuilder) -> (Result<bool, String>, u64) {
    let backend = open(builder.timeout(Duration::from_millis(500)));
    let clock = Clock::system();
    let start = clock.now();
    let value = Some(Stored::Bytes(b"value".to_vec()));
    let put = block_on(backend.put(Slot::Entry(&Key::direct("a")), value, Life::FOREVER, When::Always));
    (put.map_err(|error| error.to_string()), clock.now() - start)
}

#[test]
fn a_server_that_is_no_member_of_a_cluster_is_named() {
    let server = Server::start();
    let address = format!("127.0.0.1:{}", server.port);
    let error = write(Redis::builder().cluster([&address])).0.unwrap_err();
    assert!(error.contains(&format!("{address}: it is not part of a cluster")), "{error}");
}

#[test]
fn servers_that_do_not_answer_are_named_in_time() {
    // One that nobody listens at, and one that accepts and says nothing.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = (silent.local_addr().unwrap().to_string(), silent);
    let (error, took) = write(Redis::builder().cluster([&closed, &silent.0]));
    let error = error.unwrap_err();
    assert!(error.contains(&closed) && error.contains(&silent.0) && error.contains("in the background"), "{error}");
    assert!(took < 1_500, "it took {took} ms");
}

#[test]
fn one_server_that_knows_the_others_is_enough() {
    let mut nodes = Nodes::with_replicas();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = silent.local_addr().unwrap().to_string();
    let (first, replica) = (nodes.primaries[0].address(), nodes.replicas[1].address());
    assert_eq!(write(Redis::builder().cluster([&closed, &first])).0, Ok(true));
    assert_eq!(write(Redis::builder().cluster([&silent_address, &first])).0, Ok(true));
    assert_eq!(write(Redis::builder().cluster([&replica])).0, Ok(true));

    // A cluster that is down says so.
    for node in nodes.primaries.iter_mut().skip(1).chain(&mut nodes.replicas) {
        node.kill();
    }
    eventually("it is down", || !nodes.primaries[0].is_fine());
    let error = write(Redis::builder().cluster([&first])).0.unwrap_err();
    assert!(error.contains(&format!("{first}: its cluster is down")), "{error}");
}
