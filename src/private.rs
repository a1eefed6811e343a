//! Every name that generated code uses. Nothing here is part of the public interface: it may change in any release.

pub use cache_core::function::*;
pub use cache_core::key::{Argument, NoKeyPart, Recorder, ViaHash, ViaKeyPart, ViaSerde as KeyViaSerde};
pub use cache_core::{Cache, Error, Stats, Ttl, block_on};

/// Makes a cached function known to `install()`.
#[doc(hidden)]
pub use cache_core::inventory;

/// The traits whose levels generated code chooses between, to be imported by `use …::levels::*`.
pub mod levels {
    pub use cache_core::function::{
        CallLocal as _, CallSend as _, IsOption as _, IsPlain as _, IsResult as _, NotAsOption as _, NotAsPlain as _,
        NotAsResult as _, NotShared as _, Outcome as _, Shared as _, ViaObject as _, ViaSerde as _,
    };
    pub use cache_core::key::{NoKeyPart as _, ViaHash as _, ViaKeyPart as _, ViaSerde as _};
}

/// The cache of a program that installs none.
#[must_use]
pub fn fallback() -> Cache {
    #[allow(clippy::expect_used, reason = "one handler with its defaults cannot be refused")]
    Cache::builder().handler("ram", cache_core::Memory::default()).build().expect("one plain handler")
}
