//! Every name that generated code uses. Nothing here is part of the public interface: it may change in any release.

pub use cache_core::function::*;
pub use cache_core::inventory;
pub use cache_core::key::{Argument, Recorder};
pub use cache_core::{Cache, Error, Stats, Ttl, block_on};

/// The traits whose levels generated code chooses between, to be imported by `use …::levels::*`.
pub mod levels {
    pub use cache_core::function::{
        CallLocal as _, CallSend as _, IsOption as _, IsPlain as _, IsResult as _, NotAsOption as _, NotAsPlain as _,
        NotAsResult as _, NotShared as _, Outcome as _, Shared as _, ViaObject as _, ViaSerde as _,
    };
    pub use cache_core::key::{NoKeyPart as _, ViaHash as _, ViaKeyPart as _, ViaSerde as _};
}

/// The cache of a program that installs none: one handler in memory, 500 entries, 300 s.
#[cfg(feature = "ram")]
#[must_use]
pub fn fallback() -> Cache {
    let ram = Cache::builder().handler("ram", crate::Ram::builder()).build();
    ram.unwrap_or_else(|_| Cache::keeping_nothing())
}

/// The cache of a program that installs none, built without any handler.
#[cfg(not(feature = "ram"))]
#[must_use]
pub fn fallback() -> Cache {
    Cache::keeping_nothing()
}
