//! What is kept, and what it is asked for by.

use std::sync::Arc;

use hitbox_fn::CacheableResponse;
use larder_benches::random::Random;
use serde::{Deserialize, Serialize};

/// How long everything is fresh, in seconds.
pub const TTL: u64 = 3600;

/// How many values are there to be hit.
pub const KEYS: u64 = 1_000;

/// A row as programs have them. The traits of the second line are what hitbox asks for.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    Deserialize,
    CacheableResponse,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub age: u32,
    pub active: bool,
}

impl User {
    pub fn of(id: u64) -> Self {
        Self {
            id,
            name: format!("user number {id}"),
            email: format!("user-{id}@example.org"),
            age: (id % 90) as u32,
            active: id.is_multiple_of(3),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("it has a form of bytes")
    }
}

/// How large values are that are near.
pub struct Size {
    pub name: &'static str,
    pub bytes: usize,
}

pub const SIZES: [Size; 3] =
    [Size { name: "100 B", bytes: 100 }, Size { name: "4 KB", bytes: 4_096 }, Size { name: "1 MB", bytes: 1 << 20 }];

/// Bytes that look random.
pub fn blob(id: u64, bytes: usize) -> Arc<[u8]> {
    let mut random = Random(id);
    (0..bytes).map(|_| random.number() as u8).collect()
}
