//! Every name that generated code uses. Nothing here is part of the public interface: it may change in any release.

pub use cache_core::function::*;
pub use cache_core::inventory;
pub use cache_core::key::{Argument, Instance, Parts, Recorder, Words};
pub use cache_core::{Cache, Error, Stats, Ttl};

/// The traits whose levels generated code chooses between, to be imported by `use …::levels::*`.
pub mod levels {
    pub use cache_core::function::{
        CallLocal as _, CallSend as _, IsOption as _, IsPlain as _, IsResult as _, NotAsOption as _, NotAsPlain as _,
        NotAsResult as _, NotShared as _, Outcome as _, Shared as _, ViaObject as _, ViaSerde as _, ViaWeighed as _,
        ViaWeighedSerde as _,
    };
    pub use cache_core::key::{NoKeyPart as _, ViaHash as _, ViaKeyPart as _, ViaSerde as _};
}

pub use cache_backends::{fallback, short};

/// How the results of a function are kept.
pub type How<R, V> = cache_core::function::How<R, V, cache_backends::ShortCut>;

/// The start of a function's [`Spec`]: where it is, by the item `$here` inside of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __larder_spec {
    ($here:ident) => {
        $crate::private::Spec::new(
            || ::core::any::type_name_of_val(&$here),
            ::core::file!(),
            ::core::line!(),
            $crate::private::fallback,
        )
    };
}
pub use crate::__larder_spec as spec;
