use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::*;
use crate::redis::address::Address;
use crate::redis::stream;

#[test]
fn a_proxy_that_answers_the_login_itself_makes_no_neighbour_of_a_server_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut buffer = [0; 1 << 10];
        while let Ok(1..) = client.read(&mut buffer) {
            client.write_all(b"+PONG\r\n").unwrap();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = Address::Tcp { host: "127.0.0.1".into(), port };
    let connected = runtime.block_on(stream::open(&address, None)).unwrap();
    let exchange = Exchange::new(connected, Box::new(|_, _| ()));
    for _ in 0..10 {
        runtime.block_on(exchange.ask(&Command::new("PING"))).unwrap();
    }
    assert!(!exchange.shared.neighbour.is_one());
    // Nobody else answers from here on: at least one of so many replies comes soon.
    exchange.begin_use();
    for _ in 0..1_000 {
        runtime.block_on(exchange.ask(&Command::new("PING"))).unwrap();
    }
    assert!(exchange.shared.neighbour.is_one());
}
