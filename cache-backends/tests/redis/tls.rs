//! The handler over TLS: whom it trusts, whom it refuses, and what it says.

use std::net::TcpListener;
use std::time::Duration;

use cache_backends::{Redis, RedisBuilder, Tls};
use cache_core::key::Key;
use cache_core::{Clock, EpochName, Error, IntoHandler, Life, Slot, Stored, When, block_on, contract};

use crate::certificates::{Authority, Identity, TlsServer, tls_options};
use crate::group::{NAME, Sentinel};
use crate::server::{Server, env, eventually, free_port, open, opened};

/// The error of a first operation.
fn refused(builder: RedisBuilder) -> String {
    let backend = open(builder.timeout(Duration::from_secs(5)));
    block_on(backend.renew(&[EpochName::HANDLER])).expect_err("this is to be refused").to_string()
}

/// The error of a first operation on a server that says nothing.
fn unanswered(builder: RedisBuilder) -> String {
    let backend = open(builder.timeout(Duration::from_millis(300)));
    block_on(backend.renew(&[EpochName::HANDLER])).expect_err("this is to be refused").to_string()
}

/// Why a configuration is refused.
fn reasons(builder: RedisBuilder) -> String {
    match builder.open(&env()) {
        Err(Error::Config(reasons)) => reasons.join("\n"),
        other => panic!("this is to be refused, and gave {other:?}"),
    }
}

fn assert_says(error: &str, expected: &str) {
    assert!(error.contains(expected), "{error:?} does not say {expected:?}");
}

#[test]
fn it_passes_the_contract_over_tls() {
    let authority = Authority::new("ours");
    let server = TlsServer::start(&authority, &authority.issue(&["127.0.0.1"]));
    contract::check(&|_| {
        let prefix = crate::fresh_prefix();
        opened(Redis::builder().url(server.url()).tls(Tls::new().ca_pem(authority.pem())).prefix(prefix))
    });
}

#[test]
fn a_server_of_an_authority_of_ones_own_is_trusted_and_comes_back() {
    let authority = Authority::new("ours");
    let mut server = TlsServer::start(&authority, &authority.issue(&["localhost", "127.0.0.1"]));
    // Of several authorities any will do.
    let tls = Tls::new().ca_pem(Authority::new("other").pem() + &authority.pem());
    let backend = open(Redis::builder().host("localhost").port(server.port).tls(tls));
    let key = Key::direct("large");
    let put = |value: &[u8]| {
        let value = Some(Stored::Bytes(value.to_vec()));
        block_on(backend.put(Slot::Entry(&key), value, Life::FOREVER, When::Always))
    };
    // Many records of TLS.
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    assert!(put(&large).unwrap());
    let found = block_on(backend.get(&[Slot::Entry(&key)])).unwrap();
    assert!(found[0].as_ref().and_then(Stored::as_bytes) == Some(&large[..]), "the value is not as it was");
    server.plain.stop();
    eventually("the loss is noticed", || put(b"a").is_err());
    server.plain.start_again();
    eventually("the handler works again", || put(b"a").is_ok());
}

#[test]
fn servers_that_cannot_be_trusted_are_refused_with_the_reason() {
    let authority = Authority::new("ours");
    let ours = || Tls::new().ca_pem(authority.pem());
    let at = |server: &TlsServer, tls: Tls| Redis::builder().url(server.url()).tls(tls);

    let server = TlsServer::start(&authority, &authority.issue(&["127.0.0.1"]));
    assert_says(
        &refused(at(&server, Tls::new().ca_pem(Authority::new("ours").pem()))),
        "an authority that is not trusted",
    );
    assert_says(
        &refused(at(&server, Tls::new().ca_pem(Authority::new("other").pem()))),
        "an authority that is not trusted",
    );
    let system = Redis::builder().url(server.url());
    match system.clone().open(&env()) {
        Ok(_) => assert_says(&refused(system), "an authority that is not trusted"),
        Err(error) => assert_says(&error.to_string(), "no certificate authorities of this system"),
    }
    let by_name = Redis::builder().host("localhost").port(server.port).tls(ours());
    assert_says(&refused(by_name), "the server's certificate is for another name");

    let server = TlsServer::start(&authority, &authority.issue_between(&["127.0.0.1"], 2000, 2001));
    assert_says(&refused(at(&server, ours())), "the server's certificate has expired");

    let server = TlsServer::start(&authority, &authority.issue_between(&["127.0.0.1"], 3000, 4000));
    assert_says(&refused(at(&server, ours())), "the server's certificate is not valid yet");
}

#[test]
fn a_server_that_wants_a_certificate_gets_ones_own() {
    let authority = Authority::new("ours");
    let client = authority.issue(&["client.example"]);
    let stranger = Authority::new("other").issue(&["client.example"]);
    let with = |client: &Identity| Tls::new().ca_pem(authority.pem()).client_pem(&client.certificate, &client.key);
    for version in ["TLSv1.3", "TLSv1.2"] {
        let options = ["--tls-auth-clients", "yes", "--tls-protocols", version];
        let server = TlsServer::with(&authority, &authority.issue(&["127.0.0.1"]), &options);
        let at = |tls: Tls| Redis::builder().url(server.url()).tls(tls);

        let backend = open(at(with(&client)));
        block_on(backend.renew(&[EpochName::HANDLER])).unwrap();

        let missing = refused(at(Tls::new().ca_pem(authority.pem())));
        assert_says(&missing, "add `.client_pem(..)`");
        let strange = refused(at(with(&stranger)));
        assert!(strange.contains("refused the certificate") || strange.contains("check"), "{strange}");
        for secret in [&client.key, &stranger.key] {
            let secret = secret.lines().nth(1).unwrap();
            assert!(!missing.contains(secret) && !strange.contains(secret), "{missing}{strange}");
        }
    }
}

#[test]
fn tls_meets_no_tls_with_a_hint() {
    let authority = Authority::new("ours");
    let server = TlsServer::start(&authority, &authority.issue(&["127.0.0.1"]));
    let tls = Tls::new().ca_pem(authority.pem());
    assert_says(&unanswered(server.plain.builder().tls(tls)), "that the server speaks TLS there");
    assert_says(
        &refused(Redis::builder().host("127.0.0.1").port(server.port)),
        "check that the server runs and listens there",
    );
}

#[test]
fn a_server_that_hangs_in_the_handshake_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Tls::new().ca_pem(Authority::new("ours").pem());
    let backend = open(Redis::builder().host("127.0.0.1").port(port).tls(tls).timeout(Duration::from_millis(200)));
    let clock = Clock::system();
    let start = clock.now();
    let error = block_on(backend.renew(&[EpochName::HANDLER])).unwrap_err().to_string();
    let took = clock.now() - start;
    assert!((150..3_000).contains(&took), "it took {took} ms to fail: {error}");
    assert_says(&error, "no connection within 200ms");
}

#[test]
fn what_cannot_work_is_refused_when_the_cache_is_built() {
    let authority = Authority::new("ours");
    let (ca, Identity { certificate, key }) = (authority.pem(), authority.issue(&["client.example"]));
    let other = authority.issue(&["client.example"]).key;
    let damaged = key.replacen("-----END", "*****END", 1);
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let no_x509 = "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n";
    let secret = key.lines().nth(1).unwrap().to_owned();
    let client = |chain: &str, key: &str| Tls::new().ca_pem(&ca).client_pem(chain, key);
    for (tls, expected) in [
        (Tls::new().ca_pem(""), "`.ca_pem(..)` has no `-----BEGIN CERTIFICATE-----`"),
        (Tls::new().ca_pem(&key), "`.ca_pem(..)` has no `-----BEGIN CERTIFICATE-----`"),
        (
            Tls::new().ca_pem(&ca[..ca.len() - 40]),
            "`.ca_pem(..)` is not PEM: it ends or is damaged within certificate 1",
        ),
        (Tls::new().ca_pem(ca.clone() + no_x509), "`.ca_pem(..)` has a bad certificate: number 2"),
        (client(&key, &key), "certificate chain of `.client_pem(..)` has no `-----BEGIN CERTIFICATE-----`"),
        (client(no_x509, &key), "`.client_pem(..)` has a certificate that is no X.509"),
        (client(&certificate, &certificate), "private key of `.client_pem(..)` has no `-----BEGIN PRIVATE KEY-----`"),
        (client(&certificate, &damaged), "private key of `.client_pem(..)` is not PEM"),
        (client(&certificate, &encrypted), "private key of `.client_pem(..)` is encrypted"),
        (client(&certificate, &other), "a private key that is not that of its certificate"),
    ] {
        let shown = format!("{tls:?}");
        let builder = Redis::builder().tls(tls).prefix("");
        let shown = shown + &format!("{builder:?}");
        let reasons = reasons(builder);
        assert_says(&reasons, expected);
        assert_says(&reasons, "prefix is empty");
        assert!(!reasons.contains(&secret) && !shown.contains(&secret), "{reasons}{shown}");
    }
    let tls = || Tls::new().ca_pem(&ca);
    for (builder, expected) in [
        (Redis::builder().unix_socket("/run/redis.sock").tls(tls()), "unix socket cannot have TLS"),
        (Redis::builder().host("not..a.name").tls(tls()), "host is no name that a certificate can have"),
        (Redis::builder().url("rediss://u:hunter2@localhost/#insecure").tls(tls()), "certificates are always checked"),
        (Redis::builder().url("valkeys://u:hunter2@localhost/x").tls(tls()), "cannot be read"),
    ] {
        let reasons = reasons(builder);
        assert_says(&reasons, expected);
        assert!(!reasons.contains("hunter2"), "{reasons}");
    }
}

#[test]
fn sentinels_are_asked_over_tls() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["127.0.0.1"]);
    let server = TlsServer::start(&authority, &identity);
    let files = tempfile::tempdir().unwrap();
    let port = free_port();
    let options = tls_options(files.path(), &authority, &identity);
    let mut lines: Vec<String> =
        options.chunks(2).map(|pair| format!("{} {}", pair[0].trim_start_matches('-'), pair[1])).collect();
    lines.extend([format!("tls-port {port}"), "tls-replication yes".into(), "tls-auth-clients no".into()]);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let sentinel = Sentinel::start(server.port, &lines);
    let url = |scheme: &str, port: u16| Redis::builder().url(format!("{scheme}+sentinel://127.0.0.1:{port}/{NAME}"));

    let secured = url("rediss", port).tls(Tls::new().ca_pem(authority.pem()));
    block_on(open(secured.timeout(Duration::from_secs(5))).renew(&[EpochName::HANDLER])).unwrap();
    let strange = url("rediss", port).tls(Tls::new().ca_pem(Authority::new("other").pem()));
    assert_says(&refused(strange), "an authority that is not trusted");
    // The sentinel answers without TLS, and names a server that does not.
    assert_says(&refused(url("redis", sentinel.port)), &format!("(its sentinels name 127.0.0.1:{})", server.port));
}

#[test]
fn a_url_without_tls_does_not_turn_it_off() {
    let authority = Authority::new("ours");
    let server = Server::start();
    let url = format!("redis://127.0.0.1:{}/0", server.port);
    let tls = Tls::new().ca_pem(authority.pem());
    assert_says(&unanswered(Redis::builder().tls(tls).url(&url)), "that the server speaks TLS there");
    // But the URL that turned it on is replaced.
    block_on(open(Redis::builder().url("rediss://localhost/0").url(&url)).renew(&[EpochName::HANDLER])).unwrap();
}
