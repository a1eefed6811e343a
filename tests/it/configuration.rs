//! Handlers are configured once; mistakes are said, with what to write instead.

use cache_core::Memory;
use larder::{Cache, Disk, Ram, Redis, cached};

fn refused(builder: larder::CacheBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn a_cache_needs_handlers_with_names_of_their_own() {
    assert!(refused(Cache::builder()).contains("add one with `.handler(\"ram\", Ram::builder())`"));
    let twice = Cache::builder().handler("ram", Ram::builder()).handler("ram", Ram::builder());
    assert_eq!(refused(twice), "there are two handlers `ram`: give one of them another name");
    assert!(refused(Cache::builder().handler("", Ram::builder())).contains("empty name"));
    let unknown = Cache::builder().handler("ram", Ram::builder()).default_handler("redis");
    assert_eq!(
        refused(unknown),
        "the default handler cannot be used: there is no handler `redis`; this cache has `ram`"
    );
}

#[test]
fn any_number_of_handlers_of_any_kind_can_have_any_names() {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::builder()
        .handler("a", Redis::builder().prefix("a:"))
        .handler("b", Redis::builder().prefix("b:").db(1))
        .handler("disk", Disk::builder().cache_dir(directory.path().join("cache")))
        .handler("the ram", Ram::builder())
        .handler("mine", Memory::default())
        .default_handler("the ram")
        .build()
        .unwrap();
    assert!(format!("{cache:?}").contains("the ram"));
}

#[test]
fn every_mistake_of_a_configuration_is_reported_at_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let builder = Cache::builder()
        .handler("ram", Ram::builder().threshold(0))
        .handler("disk", Disk::builder().cache_dir(file.path()))
        .handler("redis", Redis::builder().url("http://localhost"));
    let reasons = refused(builder);
    let lines: Vec<&str> = reasons.lines().collect();
    assert_eq!(lines.len(), 3, "{reasons}");
    assert!(lines[0].starts_with("handler `ram`: ram handler: `threshold(0)` leaves no room"), "{reasons}");
    assert!(lines[1].starts_with("handler `disk`: "), "{reasons}");
    assert!(lines[2].starts_with("handler `redis`: "), "{reasons}");
}

#[test]
fn a_bound_of_bytes_in_which_nothing_fits_is_a_mistake() {
    let both = Ram::builder().threshold(0).max_bytes(0);
    assert_eq!(refused(Cache::builder().handler("ram", both)).lines().count(), 2);
    for bytes in [0, 1, 1_000] {
        let reason = refused(Cache::builder().handler("ram", Ram::builder().max_bytes(bytes)));
        assert!(reason.contains("`max_bytes` is less than 1024") && reason.contains("max_bytes(64 << 20)"), "{reason}");
    }
    Cache::builder().handler("ram", Ram::builder().max_bytes(1_024)).build().unwrap();
}

#[test]
fn a_password_is_never_shown() {
    let url = "redis://somebody:hunter2@localhost:notaport/0";
    let shown = refused(Cache::builder().handler("redis", Redis::builder().url(url)));
    assert!(!shown.contains("hunter2"), "{shown}");
    let builder = Redis::builder().url("redis://somebody:hunter2@localhost/0").password("hunter2");
    assert!(!format!("{builder:?}").contains("hunter2"));
}

#[cached(handler = "redis", threshold = 2)]
fn bounded_in_memory(n: u64) -> u64 {
    n
}

#[test]
fn a_threshold_is_no_concern_of_a_handler_that_keeps_results_elsewhere() {
    let _lab = larder::test::lab();
    for n in (0..50).chain(0..50) {
        bounded_in_memory(n);
    }
    assert_eq!(bounded_in_memory::stats().runs, 50);
}
