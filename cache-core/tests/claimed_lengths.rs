//! A length that bytes claim never decides how much memory is reserved.
//!
//! In a binary of its own, since the allocator watches all of its threads.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use cache_core::{
    codec::{Format, decode, decode_raw},
    frame::read,
};
use serde::de::IgnoredAny;

/// Remembers the largest allocation ever asked for.
struct Watching;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands every call on to the system's allocator unchanged.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the promises that the system allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises that the system allocator asks for.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn decode_all(bytes: &[u8]) {
    for format in [Format::Compact, Format::Named, Format::Raw] {
        let _ = decode::<Vec<()>>(format, bytes);
        let _ = decode::<Vec<u8>>(format, bytes);
        let _ = decode::<Vec<[u64; 32]>>(format, bytes);
        let _ = decode::<serde_bytes::ByteBuf>(format, bytes);
        let _ = decode::<String>(format, bytes);
        let _ = decode::<HashMap<String, Option<u32>>>(format, bytes);
        let _ = decode::<serde_json::Value>(format, bytes);
        let _ = decode::<IgnoredAny>(format, bytes);
        let _ = decode_raw::<String>(format, bytes);
    }
    let _ = read(bytes, b"key");
}

#[test]
fn a_claimed_length_of_gigabytes_does_not_allocate() {
    LARGEST.store(0, Ordering::Relaxed);
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    decode_all(&huge);
    for tag in 0..=32_u8 {
        decode_all(&[&[tag][..], &huge, &[1; 64]].concat());
        decode_all(&[&[tag][..], &u32::MAX.to_le_bytes(), &[1; 64]].concat());
        decode_all(&[&[tag, 0][..], &huge, &[1; 64]].concat());
    }
    let largest = LARGEST.load(Ordering::Relaxed);
    assert!(largest < 1 << 20, "{largest} bytes at once");
}
