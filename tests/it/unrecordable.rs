//! Arguments that cannot be recorded whole.

use larder::cached;

#[derive(serde::Serialize)]
struct Weighted {
    path: std::path::PathBuf,
    weight: f64,
}

#[cached(name = "review::weigh")]
fn weigh(of: Weighted) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    of.path.as_os_str().as_bytes().to_vec()
}

#[test]
fn arguments_that_cannot_be_serialized_do_not_share_a_result() {
    use std::os::unix::ffi::OsStringExt;
    let _lab = larder::test::lab();
    for byte in [0xfe, 0xff] {
        let path = std::ffi::OsString::from_vec(vec![byte]).into();
        assert_eq!(weigh(Weighted { path, weight: 1.0 }), vec![byte]);
    }
}

struct Broken(u32);

impl std::fmt::Display for Broken {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

#[cached(name = "review::broken", key = "b:{of}")]
fn broken(of: &Broken) -> u32 {
    of.0
}

#[test]
fn arguments_that_cannot_be_displayed_do_not_share_a_result() {
    let _lab = larder::test::lab();
    assert_eq!(broken(&Broken(1)), 1);
    assert_eq!(broken(&Broken(2)), 2);
}
