//! `install()` checks every cached function of the program. This one is wrong in every way it can be.
#![cfg(all(feature = "ram", feature = "disk"))]
#![allow(missing_docs, clippy::unwrap_used)]

use larder::{Cache, Disk, Ram, cached};

#[cached(handler = "nowhere")]
fn elsewhere(n: u32) -> u32 {
    n
}

#[derive(Clone)]
struct NoSerde;

#[cached(handler = "files")]
fn unstorable(n: u32) -> NoSerde {
    let _ = n;
    NoSerde
}

#[cached(handler = "files")]
fn storable(n: u32) -> Result<Vec<u32>, NoSerde> {
    Ok(vec![n])
}

#[cached(name = "twins")]
fn one(n: u32) -> u32 {
    n
}

#[cached(name = "twins")]
fn other(n: u32) -> u32 {
    n + 1
}

#[cached(handler = "files")]
fn generic<T: Clone + Send + Sync + std::hash::Hash + 'static>(value: T) -> Vec<T> {
    vec![value]
}

#[test]
fn every_function_that_cannot_work_is_named_with_its_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::builder()
        .handler("ram", Ram::builder())
        .handler("files", Disk::builder().cache_dir(directory.path().join("cache")))
        .build()
        .unwrap();
    let reasons = cache.clone().install().unwrap_err().to_string();
    let lines: Vec<&str> = reasons.lines().collect();
    assert_eq!(lines.len(), 3, "{reasons}");
    let line_with = |text: &str| *lines.iter().find(|line| line.contains(text)).unwrap_or(&"");
    let nowhere = line_with("`install::elsewhere` (tests/install.rs:7)");
    assert!(nowhere.contains("there is no handler `nowhere`; this cache has `ram`, `files`"), "{reasons}");
    let unstorable_line = line_with("`install::unstorable` (tests/install.rs:15)");
    assert!(unstorable_line.contains("not `Serialize + DeserializeOwned`"), "{reasons}");
    let twins = line_with("two functions are called `twins`");
    assert!(twins.contains("tests/install.rs:26") && twins.contains("tests/install.rs:31"), "{reasons}");

    // Nothing was installed, and every function works all the same, on the one handler of a program that installs none.
    assert_eq!((elsewhere(1), elsewhere(1)), (1, 1));
    assert_eq!(unstorable(1).clone().type_name(), "NoSerde");
    assert_eq!((one(1), other(1), storable(1).is_ok(), generic("a".to_owned())), (1, 2, true, vec!["a".to_owned()]));
    assert_eq!(one::stats().runs, 1);
    assert_eq!(elsewhere::stats().hits, 0, "it runs uncached, since its handler is not there");
    assert!(elsewhere::invalidate(1).unwrap_err().to_string().contains("there is no handler `nowhere`"));
}

impl NoSerde {
    fn type_name(&self) -> &'static str {
        "NoSerde"
    }
}
