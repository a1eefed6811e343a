//! Keys and compression as they stand in a configuration: what is refused, what is never shown, and spellings.

use cache_backends::{Compression, EncryptionKey, Redis, RedisBuilder};
use cache_core::{Error, IntoHandler};

use crate::envelope::{CURRENT, OLD, cache};
use crate::server::{Server, env};

fn reasons(builder: RedisBuilder) -> String {
    match builder.open(&env()) {
        Err(Error::Config(reasons)) => reasons.join("\n"),
        other => panic!("this is to be refused, and gave {other:?}"),
    }
}

#[test]
fn what_cannot_work_is_refused_with_what_to_write_and_without_the_key() {
    let zstd = |level| Redis::builder().compress_over(0).compression(Compression::Zstd { level });
    for (builder, expected) in [
        (Redis::builder().encrypt("hunter2"), "encryption key cannot be used: an encryption key is 64 hexadecimal"),
        (Redis::builder().encrypt("hunter2".repeat(10)), "this text of 70 bytes is neither"),
        (Redis::builder().encrypt("xhunter2".repeat(8)), "make one with `openssl rand -hex 32`"),
        (Redis::builder().encrypt([0; 32]), "all bytes of it are the same"),
        (Redis::builder().encrypt("00".repeat(32)), "all bytes of it are the same"),
        (Redis::builder().encrypt(CURRENT).decrypt_with("hunter2"), "older encryption key cannot be used"),
        (Redis::builder().decrypt_with(OLD), "nothing is encrypted: add `.encrypt(..)`"),
        (Redis::builder().compression(Compression::Lz4), "compresses nothing: add `.compress_over(4096)`"),
        (zstd(0), "write one from 1 to 22"),
        (zstd(23), "write one from 1 to 22"),
    ] {
        let reasons = reasons(builder);
        assert!(reasons.contains(expected) && !reasons.contains("hunter2"), "{reasons:?} does not say {expected:?}");
    }
    let shown = format!("{:?}", Redis::builder().encrypt(CURRENT).decrypt_with(OLD).encrypt("hunter2"));
    assert!(shown.contains("EncryptionKey(..)") && !shown.contains("hunter2") && !shown.contains("116"), "{shown}");
    assert!(Redis::builder().encrypt("hunter2").encrypt(CURRENT).open(&env()).is_ok(), "the last one counts");
}

#[test]
fn a_key_is_the_same_key_in_every_spelling() {
    let server = Server::start();
    let key: [u8; 32] = std::array::from_fn(|index| (index * 37 + 250) as u8);
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let base64 = "+h9EaY6z2P0iR2yRttsAJUpvlLneAyhNcpe84QYrUHU=";
    cache(server.builder().encrypt(key)).set("a", 7, 60).unwrap();
    let url_safe = base64.replace('+', "-").replace('/', "_");
    for text in [&hex, &hex.to_uppercase(), &format!(" {hex}\n"), base64, &base64[..43], &url_safe] {
        assert_eq!(cache(server.builder().encrypt(text)).get::<i32>("a").unwrap(), Some(7), "{text}");
    }
    for text in [&hex[..63], &hex.replace('f', "g"), &base64.replace('U', "V"), &base64[..42], &format!("{base64}=")] {
        assert!(text.parse::<EncryptionKey>().is_err(), "{text}");
    }
}
