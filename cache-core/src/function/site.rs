//! [`Site`]: the one static of each annotated function.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use super::fast::Fast;
use super::single_flight::SingleFlight;
use super::storable::Storable;
use crate::cache::{Bound, Cache};
use crate::fork::made;
use crate::key::{self, Literals, Space};
use crate::ttl::Ttl;

/// What the attributes of a function say, known at compile time.
#[derive(Clone, Copy)]
pub struct Spec {
    pub(crate) path: fn() -> &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) fallback: fn() -> Cache,
    pub(crate) name: Option<&'static str>,
    pub(crate) version: u32,
    pub(crate) handler: Option<&'static str>,
    pub(crate) ttl: Option<fn() -> Ttl>,
    pub(crate) template: Option<Literals>,
    pub(crate) single_flight: SingleFlight,
    pub(crate) threshold: Option<NonZeroUsize>,
    pub(crate) storable: Storable,
}

impl Spec {
    /// A function whose path is the type name that `path` gives (of an item inside the site's static), at `file` and
    /// `line`; `fallback` makes the cache of a program that installs none.
    #[must_use]
    pub const fn new(path: fn() -> &'static str, file: &'static str, line: u32, fallback: fn() -> Cache) -> Self {
        Self {
            path,
            file,
            line,
            fallback,
            name: None,
            version: 0,
            handler: None,
            ttl: None,
            template: None,
            single_flight: SingleFlight::Process,
            threshold: None,
            storable: Storable::Unknown,
        }
    }

    /// `name = "…"`.
    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// `version = 2`.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// `handler = "…"`.
    #[must_use]
    pub const fn handler(mut self, handler: &'static str) -> Self {
        self.handler = Some(handler);
        self
    }

    /// `ttl = …`, where it needs no argument of the function.
    #[must_use]
    pub const fn ttl(mut self, ttl: fn() -> Ttl) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The literal parts of `key = "…"`, one more than it has fields.
    #[must_use]
    pub const fn template(mut self, literals: Literals) -> Self {
        self.template = Some(literals);
        self
    }

    /// `single_flight = "…"`.
    #[must_use]
    pub const fn single_flight(mut self, single_flight: SingleFlight) -> Self {
        self.single_flight = single_flight;
        self
    }

    /// `threshold = 1000`.
    #[must_use]
    pub const fn threshold(mut self, entries: NonZeroUsize) -> Self {
        self.threshold = Some(entries);
        self
    }

    /// Whether a handler of bytes can keep the result.
    #[must_use]
    pub const fn storable(mut self, storable: Storable) -> Self {
        self.storable = storable;
        self
    }
}

/// The value of `threshold = …`.
///
/// # Panics
/// If it is 0. Sites are constants, so that is an error of the compiler's, where the attribute could not see it.
#[allow(clippy::expect_used, reason = "evaluated by the compiler")]
#[must_use]
pub const fn entries(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).expect("`threshold` is 0, which leaves no room for any result: write how many to keep")
}

/// One annotated function.
pub struct Site {
    pub(crate) spec: Spec,
    path: OnceLock<Cow<'static, str>>,
    space: OnceLock<Space>,
    bound: OnceLock<Arc<Bound>>,
    pub(super) fast: Fast,
}

impl Site {
    /// The function that `spec` describes.
    #[must_use]
    pub const fn new(spec: Spec) -> Self {
        Self { spec, path: OnceLock::new(), space: OnceLock::new(), bound: OnceLock::new(), fast: Fast::new() }
    }

    /// Its keys.
    pub(crate) fn space(&'static self) -> &'static Space {
        made(&self.space, || {
            let mut space = Space::function(self.name(), self.spec.version).at(self.path());
            space.template = self.spec.template;
            space.threshold = self.spec.threshold;
            space
        })
    }

    /// Its `name`, or else its module path and name.
    pub(crate) fn name(&self) -> &str {
        self.spec.name.unwrap_or_else(|| self.path())
    }

    fn path(&self) -> &str {
        made(&self.path, || path_of((self.spec.path)())).as_ref()
    }

    /// How long a result is fresh: what it or its call says of itself, or else the function.
    pub(super) fn ttl(&self, of_call: Option<Ttl>) -> Ttl {
        of_call.or_else(|| self.spec.ttl.map(|ttl| ttl())).unwrap_or_default()
    }

    /// Where it stands, for messages.
    pub(crate) fn place(&self) -> String {
        format!("`{}` ({}:{})", self.name(), self.spec.file, self.spec.line)
    }

    /// What it is in the installed cache. Only that one is remembered here; it never changes.
    pub(crate) fn in_installed(&'static self, cache: &Cache) -> &'static Arc<Bound> {
        self.bound.get().unwrap_or_else(|| {
            let bound = cache.bound(self);
            made(&self.bound, || bound)
        })
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Site").field(&self.place()).finish()
    }
}

/// The path of the function, from the type name of the marker inside its site.
fn path_of(marker: &'static str) -> Cow<'static, str> {
    let path = marker.strip_suffix("::here").unwrap_or(marker);
    let path = path.strip_suffix("::__LARDER_SITE").unwrap_or(path);
    key::path_of(path, "__larder_site")
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_is_that_of_the_function() {
        assert_eq!(path_of("app::user::__larder_site::__LARDER_SITE::here"), "app::user");
        assert_eq!(path_of("app::user::{{closure}}::__LARDER_SITE::here"), "app::user");
        assert_eq!(path_of("app::users::__larder_site_of_user::__LARDER_SITE::here"), "app::user");
        assert_eq!(path_of("app::S<_>::__larder_site_beside_load::__LARDER_SITE::here"), "app::S<_>::load");
        assert_eq!(path_of("<app::S as app::Repo>::find::__LARDER_SITE::here"), "<app::S as app::Repo>::find");
    }
}
