//! Every name that generated code uses. Nothing here is part of the public interface: it may change in any release.

pub use cache_core::function::*;
pub use cache_core::inventory;
pub use cache_core::key::{Argument, Instance, Recorder};
pub use cache_core::{Cache, Error, Stats, Ttl};

/// The traits whose levels generated code chooses between, to be imported by `use …::levels::*`.
pub mod levels {
    pub use cache_core::function::{
        CallLocal as _, CallSend as _, IsOption as _, IsPlain as _, IsResult as _, NotAsOption as _, NotAsPlain as _,
        NotAsResult as _, NotShared as _, Outcome as _, Shared as _, ViaObject as _, ViaSerde as _,
    };
    pub use cache_core::key::{NoKeyPart as _, ViaHash as _, ViaKeyPart as _, ViaSerde as _};
}

pub use cache_backends::fallback;
