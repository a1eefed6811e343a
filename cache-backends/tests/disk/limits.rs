//! Processes whose address space is limited, which a map of the store counts against.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::children::{Child, role};
use super::tools::{builder, open, try_open};

const MEGABYTE: u64 = 1 << 20;

/// Lets this process have no more than `beyond` bytes of address space on top of what it has.
fn limit(beyond: u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")).unwrap();
    let bytes = size.parse::<u64>().unwrap() * 1_024 + beyond;
    let mut limiter = Command::new("prlimit");
    limiter.args(["--pid", &std::process::id().to_string(), &format!("--as={bytes}:{bytes}")]);
    assert!(limiter.status().unwrap().success());
}

/// How often the store's file is mapped here.
fn maps() -> usize {
    fs::read_to_string("/proc/self/maps").unwrap().lines().filter(|line| line.ends_with("/data.mdb")).count()
}

/// What the other processes do; nothing where no role is given.
#[test]
fn child() {
    let Some((role, directory)) = role() else { return };
    match role.as_str() {
        "limited" => {
            limit(1_024 * MEGABYTE);
            let store = open(builder(&directory).map_size(256 * MEGABYTE));
            assert!(store.set("a", b"value"));
            assert_eq!(store.glance("a").as_deref(), Some(&b"value"[..]));
            assert_eq!(maps(), 1, "what the limit leaves is for the program");
        }
        "grows" => {
            let store = open(builder(&directory).map_size(256 * MEGABYTE));
            assert!(store.set("a", b"value"));
            assert_eq!(maps(), 2);
            limit(128 * MEGABYTE);
            let larger = open(builder(&directory).map_size(512 * MEGABYTE));
            assert!(larger.set("b", b"value"));
            assert_eq!((store.glance("a"), store.glance("b")), (Some(b"value".to_vec()), Some(b"value".to_vec())));
        }
        "stays" => {
            let store = open(builder(&directory).map_size(256 * MEGABYTE));
            assert!(store.set("a", b"value"));
            limit(64 * MEGABYTE);
            assert!(try_open(builder(&directory).map_size(2_048 * MEGABYTE)).is_err());
            assert_eq!((store.glance("a"), store.get("a")), (Some(b"value".to_vec()), Some(b"value".to_vec())));
            assert!(store.set("b", b"value"));
        }
        other => panic!("no such role: {other}"),
    }
}

#[test]
fn where_address_space_is_limited_the_file_is_mapped_once() {
    let directory = TempDir::new().unwrap();
    Child::again("limits::child", "limited", directory.path()).end();
}

#[test]
fn a_larger_map_may_have_the_room_of_both_that_were_there() {
    let directory = TempDir::new().unwrap();
    Child::again("limits::child", "grows", directory.path()).end();
}

#[test]
fn a_map_that_has_no_room_to_grow_stays_as_it_is() {
    let directory = TempDir::new().unwrap();
    Child::again("limits::child", "stays", directory.path()).end();
}
