//! What is refused before anything is connected, and what is never shown.

use std::time::Duration;

use cache_backends::{Redis, RedisBuilder};
use cache_core::{Clock, Epoch, EpochName, Error, IntoHandler, block_on, within};

use crate::server::{Server, env, open};

fn reasons(builder: RedisBuilder) -> String {
    match builder.open(&env()) {
        Err(Error::Config(reasons)) => reasons.join("\n"),
        other => panic!("this is to be refused, and gave {other:?}"),
    }
}

#[test]
fn what_cannot_work_is_refused_with_what_to_write() {
    for (builder, expected) in [
        (Redis::builder().prefix(""), "prefix is empty: write one, e.g. `cache:`"),
        (Redis::builder().host(""), "host is empty"),
        (Redis::builder().host("redis://localhost"), "give a URL to `.url(..)`"),
        (Redis::builder().host("localhost:6379"), "host has a port in it: write `.host("),
        (Redis::builder().cluster(["a:1"]).unix_socket("/run/redis.sock"), "exclude each other"),
        (Redis::builder().port(0), "port is 0"),
        (Redis::builder().db(-1), "db is negative"),
        (Redis::builder().url("redis://localhost/-1"), "db is negative"),
        (Redis::builder().url("redis://localhost/x"), "write `redis://user:password@host:6379/0`"),
        (Redis::builder().url("localhost:6379"), "write `redis://user:password@host:6379/0`"),
        #[cfg(not(feature = "tls"))]
        (Redis::builder().url("rediss://localhost"), "TLS, which is not in this build: enable larder's feature `tls`"),
        (Redis::builder().url("redis+cluster://localhost"), "name its servers by `.cluster("),
        (Redis::builder().url("redis-sentinel://localhost"), "write `redis+sentinel://"),
        (Redis::builder().url("redis+sentinel://localhost"), "write `redis+sentinel://"),
        (Redis::builder().sentinel("", ["localhost"]), "no name of a primary"),
        (Redis::builder().sentinel("mymaster", [""; 0]), "no addresses"),
        (Redis::builder().sentinel("mymaster", ["a", "b:x"]), "bad address, number 2"),
        (Redis::builder().sentinel("mymaster", ["a"]).sentinel_username("ann"), "add `.sentinel_password(..)`"),
        (Redis::builder().sentinel("mymaster", ["a"]).unix_socket("/run/redis.sock"), "exclude each other"),
        (Redis::builder().sentinel_password("secret"), "no `.sentinel(..)`"),
        (Redis::builder().username("ann"), "username has no password"),
        (Redis::builder().timeout(Duration::ZERO), "timeout has to be more than zero"),
    ] {
        let reasons = reasons(builder);
        assert!(reasons.contains(expected), "{reasons:?} does not say {expected:?}");
    }
    let all = reasons(Redis::builder().prefix("").db(-1));
    assert!(all.contains("prefix") && all.contains("db"), "every reason is given, not {all:?}");
}

#[test]
fn a_builder_does_not_show_a_url_that_stands_where_an_address_has_to() {
    const URL: &str = "redis://ann:hunter2@localhost:1";
    for builder in [
        Redis::builder().host(URL),
        Redis::builder().cluster([URL]),
        Redis::builder().sentinel("mymaster", [URL]),
        Redis::builder().sentinel("mymaster", ["ann:hunter2@localhost"]),
    ] {
        let shown = format!("{builder:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn opening_asks_nothing_of_the_network() {
    // Nothing listens on port 1; the first operation says so, and opening does not.
    let backend = open(Redis::builder().host("127.0.0.1").port(1));
    let error = block_on(backend.current(&[EpochName::HANDLER])).unwrap_err().to_string();
    assert!(error.contains("redis at 127.0.0.1:1/0: read epochs failed"), "{error}");
}

/// One password, in every place where one can stand, and everything that is ever shown of a handler.
#[test]
fn a_password_is_never_shown() {
    const SECRET: &str = "hunter2";
    let server = Server::with(&["--requirepass", "other"]);
    let (host, port) = ("127.0.0.1", server.port);
    let mut shown = Vec::new();
    for builder in [
        server.builder().password(SECRET),
        server.builder().username("ann").password(SECRET),
        Redis::builder().url(format!("redis://:{SECRET}@{host}:{port}/0")),
        Redis::builder().url(format!("redis://ann:{SECRET}@{host}:{port}/0")),
        Redis::builder().url(format!("unix://{}?user=ann&pass={SECRET}", server.socket().display())),
        Redis::builder().url(format!("redis://ann:{SECRET}@{host}:{port}/{SECRET}")),
        Redis::builder().url(format!("redis://ann:{SECRET}@{host}:{SECRET}/0")),
        Redis::builder().url(format!("rediss://ann:{SECRET}@{host}:{port}/0")),
        Redis::builder().url(format!("{SECRET}@{host}")),
        Redis::builder().host(format!("redis://ann:{SECRET}@{host}")),
        Redis::builder().url(format!("redis://ann:{SECRET}@{host}:1/0")),
    ] {
        shown.push(format!("{builder:?}"));
        match builder.open(&env()) {
            Err(error) => shown.push(format!("{error} {error:?}")),
            Ok(opened) => {
                shown.push(format!("{opened:?}"));
                let error = block_on(opened.backend().renew(&[EpochName::HANDLER])).unwrap_err();
                shown.push(format!("{error} {error:?}"));
            }
        }
    }
    for text in &shown {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert!(shown.iter().any(|text| text.contains("check `.username(..)` and `.password(..)`")), "{shown:#?}");
}

#[test]
fn a_password_that_is_missing_is_asked_for() {
    let server = Server::with(&["--requirepass", "secret"]);
    let error = block_on(server.backend().renew(&[EpochName::HANDLER])).unwrap_err().to_string();
    assert!(error.contains("add `.password(..)`"), "{error}");
    let backend = open(server.builder().password("secret"));
    let made: Vec<Epoch> = block_on(backend.epochs(&[EpochName::HANDLER], cache_core::Life::FOREVER)).unwrap();
    assert_eq!(made.len(), 1);
}

#[test]
fn a_server_that_takes_no_more_clients_says_so() {
    let server = Server::start();
    let mut only = server.raw();
    redis::cmd("CONFIG").arg("SET").arg("maxclients").arg(1).exec(&mut only).unwrap();
    // Whether the words come through before the connection is gone is the system's to say.
    crate::server::eventually("it is said what to do", || {
        let error = block_on(server.backend().renew(&[EpochName::HANDLER])).unwrap_err().to_string();
        error.contains("raise its `maxclients`")
    });
}

#[test]
fn a_db_that_is_not_there_is_an_error() {
    let server = Server::start();
    let backend = open(server.builder().db(99));
    let reply = block_on(within(&Clock::system(), Duration::from_secs(5), backend.renew(&[EpochName::HANDLER])));
    let error = reply.expect("it ends").unwrap_err().to_string();
    assert!(error.contains("the user, the password and the db"), "{error}");
}

/// A server from before `HELLO` repeats what it does not know, the password included.
#[test]
fn a_password_that_an_old_server_repeats_is_not_shown() {
    use std::io::{Read as _, Write as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = [0; 4_096];
            while let Ok(1..) = stream.read(&mut bytes) {
                let answer = "-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `a`, `hunter2`\r\n";
                let _ = stream.write_all(answer.repeat(4).as_bytes());
            }
        }
    });
    let backend = open(Redis::builder().host("127.0.0.1").port(port).username("a").password("hunter2"));
    let error = block_on(backend.renew(&[EpochName::HANDLER])).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    assert!(error.to_string().contains("the server refused"), "{error}");
}

/// The rights that the page on deployment names are enough, and hits are hits with them.
#[test]
fn a_user_with_the_rights_that_are_documented_needs_no_more() {
    let page = include_str!("../../../src/deployment.md");
    let rule = page.lines().find_map(|line| line.strip_prefix("user larder ")).unwrap();
    let server = Server::start();
    redis::cmd("ACL")
        .arg("SETUSER")
        .arg("larder")
        .arg(rule.split(' ').collect::<Vec<_>>())
        .exec(&mut server.raw())
        .unwrap();
    let builder = || server.builder().username("larder").password("password");
    cache_core::contract::check(&|_| {
        let prefix = format!("cache:{}", crate::fresh_prefix());
        crate::opened(builder().prefix(prefix))
    });
    let refused: String =
        redis::cmd("ACL").arg("LOG").query::<redis::Value>(&mut server.raw()).map(|log| format!("{log:?}")).unwrap();
    assert_eq!(refused, "array([])", "larder sends what the page does not name");
}
