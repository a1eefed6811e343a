//! The direct interface, async and blocking, on every handler.

use std::future::Future as _;
use std::task::{Context, Waker};
use std::time::Duration;

use larder::{Cache, Disk, Error, Ram, Ttl};
use tempfile::TempDir;

use crate::support::{KINDS, Runs, rig};

#[tokio::test]
async fn what_is_set_is_got_also_if_it_is_none_zero_empty_or_false() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        cache.set("none", None::<u32>, 60).await.unwrap();
        cache.set("zero", 0_u64, 60).await.unwrap();
        cache.set("empty", String::new(), 60).await.unwrap();
        cache.set("false", false, 60).await.unwrap();
        cache.set("bytes", vec![0_u8, 255, 1], Ttl::Forever).await.unwrap();
        assert_eq!(cache.get::<Option<u32>>("none").await.unwrap(), Some(None), "{kind}");
        assert_eq!(cache.get::<u64>("zero").await.unwrap(), Some(0), "{kind}");
        assert_eq!(cache.get::<String>("empty").await.unwrap().as_deref(), Some(""), "{kind}");
        assert_eq!(cache.get::<bool>("false").await.unwrap(), Some(false), "{kind}");
        assert_eq!(cache.get::<Vec<u8>>("bytes").await.unwrap(), Some(vec![0, 255, 1]), "{kind}");
        assert_eq!(cache.get_or_set("zero", 1_u64, 60).await.unwrap(), 0, "{kind}: a hit");
        assert_eq!(cache.get::<u64>("absent").await.unwrap(), None, "{kind}");
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_a_miss_and_is_overwritten() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        cache.set("key", "text".to_owned(), 60).await.unwrap();
        assert_eq!(cache.get::<u64>("key").await.unwrap(), None, "{kind}");
        assert_eq!(cache.get_or_set("key", 5_u64, 60).await.unwrap(), 5, "{kind}");
        assert_eq!(cache.get::<u64>("key").await.unwrap(), Some(5), "{kind}");
        assert_eq!(cache.get::<String>("key").await.unwrap(), None, "{kind}");
    }
}

#[tokio::test]
async fn zero_seconds_store_nothing_and_remove_what_was_there() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        cache.set("key", 1_u32, 60).await.unwrap();
        cache.set("key", 2_u32, 0).await.unwrap();
        assert_eq!(cache.get::<u32>("key").await.unwrap(), None, "{kind}");
        assert_eq!(cache.get_or_set("key", 3_u32, Duration::ZERO).await.unwrap(), 3, "{kind}");
        assert_eq!(cache.get::<u32>("key").await.unwrap(), None, "{kind}");
    }
}

#[tokio::test]
async fn a_load_runs_once_and_a_failed_one_is_not_stored() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        let runs = Runs::new();
        for _ in 0..3 {
            let value = cache.get_or_set_with("key", 60, async || runs.add()).await.unwrap();
            assert_eq!(value, 1, "{kind}");
        }
        let failed = cache.try_get_or_set_with("tried", 60, async || Err::<u32, _>("no")).await;
        assert_eq!(failed, Err("no"), "{kind}");
        let tried = cache.try_get_or_set_with("tried", 60, async || Ok::<u32, &str>(7)).await;
        assert_eq!(tried, Ok(7), "{kind}");
        assert_eq!(cache.get::<u32>("tried").await.unwrap(), Some(7), "{kind}");
    }
}

#[test]
fn sync_code_has_the_same_interface() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = rig.cache.blocking();
        cache.set("a1", 1_u32, 60).unwrap();
        cache.set("a2", 2_u32, Duration::from_millis(59_500)).unwrap();
        assert_eq!(cache.get_or_set("b", 3_u32, 60).unwrap(), 3, "{kind}");
        assert_eq!(cache.get_or_set_with("b", 60, || 4_u32).unwrap(), 3, "{kind}");
        assert!(cache.try_get_or_set_with("c", 60, || Err::<u32, _>(())).is_err(), "{kind}");
        cache.clear_matching("a*").unwrap();
        assert_eq!((cache.get::<u32>("a1").unwrap(), cache.get::<u32>("a2").unwrap()), (None, None), "{kind}");
        assert_eq!(cache.get::<u32>("b").unwrap(), Some(3), "{kind}");
        cache.remove("b").unwrap();
        assert_eq!(cache.get::<u32>("b").unwrap(), None, "{kind}");
        cache.set("d", 1_u32, 60).unwrap();
        cache.clear().unwrap();
        assert_eq!(cache.get::<u32>("d").unwrap(), None, "{kind}");
    }
}

#[tokio::test]
async fn handlers_are_apart_and_an_unknown_one_is_named() {
    let cache = Cache::builder()
        .handler("one", Ram::builder())
        .handler("other", Ram::builder())
        .default_handler("other")
        .build()
        .unwrap();
    cache.set("key", 1_u32, 60).await.unwrap();
    assert_eq!(cache.on("one").unwrap().get::<u32>("key").await.unwrap(), None);
    assert_eq!(cache.on("other").unwrap().get::<u32>("key").await.unwrap(), Some(1));
    let error = cache.on("third").unwrap_err();
    assert!(matches!(error, Error::UnknownHandler { .. }));
    assert_eq!(error.to_string(), "there is no handler `third`; this cache has `one`, `other`");
}

#[tokio::test]
async fn keys_with_any_characters_are_apart() {
    let keys = ["", "a", "a:b", "a b", "ä", "*", "k:a", "f:0#x", "e:*", "a\0b", &"long".repeat(5_000)];
    for kind in KINDS {
        let rig = rig(kind);
        for (number, key) in keys.iter().enumerate() {
            rig.cache.set(key, number, 60).await.unwrap();
        }
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(rig.cache.get::<usize>(key).await.unwrap(), Some(number), "{kind}: {key}");
        }
        rig.cache.clear_matching("\\*").await.unwrap();
        assert_eq!(rig.cache.get::<usize>("*").await.unwrap(), None, "{kind}");
        assert_eq!(rig.cache.get::<usize>("a").await.unwrap(), Some(1), "{kind}");
    }
}

#[tokio::test]
async fn what_expires_is_gone_at_its_moment() {
    let lab = larder::test::lab();
    let cache = lab.cache();
    cache.set("key", 1_u32, Duration::from_millis(1_500)).await.unwrap();
    lab.advance(Duration::from_millis(1_499));
    assert_eq!(cache.get::<u32>("key").await.unwrap(), Some(1));
    lab.advance(Duration::from_millis(1));
    assert_eq!(cache.get::<u32>("key").await.unwrap(), None);
    cache.set("default", 1_u32, Ttl::Default).await.unwrap();
    lab.advance(Duration::from_secs(300));
    assert_eq!(cache.get::<u32>("default").await.unwrap(), None);
}

#[tokio::test]
async fn values_of_every_size_come_back() {
    for kind in KINDS {
        let rig = rig(kind);
        let cache = &rig.cache;
        for size in [1, 900, 950, 1_000, 1_050, 1_100, 5_000, 70_000, 300_000] {
            let bytes: Vec<u8> = (0..size).map(|at: u32| (at * 7) as u8).collect();
            let text = "larder".repeat(size as usize / 6 + 1);
            let numbers: Vec<u32> = (0..size / 4).collect();
            cache.set("bytes", bytes.clone(), 60).await.unwrap();
            cache.set("text", text.clone(), 60).await.unwrap();
            cache.set("numbers", numbers.clone(), 60).await.unwrap();
            assert_eq!(cache.get("bytes").await.unwrap().as_ref(), Some(&bytes), "{kind}, {size}");
            assert_eq!(cache.get("text").await.unwrap().as_ref(), Some(&text), "{kind}, {size}");
            assert_eq!(cache.get("numbers").await.unwrap().as_ref(), Some(&numbers), "{kind}, {size}");
        }
    }
}

#[tokio::test]
async fn flush_waits_for_what_callers_left_behind_who_went_away() {
    let directory = TempDir::new().unwrap();
    let cache = Cache::builder().handler("disk", Disk::builder().cache_dir(directory.path())).build().unwrap();
    cache.set("first", 0_u32, Ttl::Default).await.unwrap();
    for key in 0..100_u32 {
        let name = key.to_string();
        let mut set = Box::pin(cache.set(&name, key, Ttl::Default));
        // Polled once, and let go of.
        let _ = set.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    cache.flush().await.unwrap();
    for key in 0..100_u32 {
        assert_eq!(cache.get::<u32>(&key.to_string()).await.unwrap(), Some(key));
    }
    cache.blocking().flush().unwrap();
}
