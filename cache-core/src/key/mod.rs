//! Keys: what tells one result from another.
//!
//! A [`Key`] is a [`Space`] (a function, the directly set keys, a set of responses), for generic code the instance of
//! it, and the recorded arguments. The recorded bytes *are* the key: handlers of objects compare them, handlers of
//! bytes use [`Key::text`], which is made of them, or [`Key::seal`] and the arguments. What a text cannot tell is told by what
//! frames are sealed with.

mod choose;
mod hash;
#[cfg(feature = "bytes")]
mod identity;
mod instance;
mod mark;
mod odd;
mod part;
mod parts;
mod path;
mod probe;
mod recorder;
mod serial;
mod text;

use std::any::TypeId;
use std::num::NonZeroUsize;
#[cfg(feature = "bytes")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use smallvec::SmallVec;

use crate::epoch::EpochName;

pub use choose::{Argument, NoKeyPart, SelfKeyPart, ViaHash, ViaKeyPart, ViaSerde, WholeKey};
#[cfg(feature = "bytes")]
pub(crate) use identity::Digest;
pub use instance::Instance;
pub use mark::{Secret, mark};
pub use part::KeyPart;
pub use parts::{Exact, Number, Parts, Sequence, Text};
pub(crate) use path::path_of;
pub use probe::{Kept, Probe, Record, Recorded, Words};
pub use recorder::Recorder;
pub(crate) use text::Literals;
pub use text::Named;

/// What kind of thing a key names. The kinds never meet: each has slots of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Set directly: `cache.set("key", ..)`.
    Direct,
    /// A result of an annotated function.
    Function,
    /// A stored response.
    Response,
}

impl Kind {
    /// The letter that slots of this kind begin with on stores of bytes.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Direct => 'k',
            Self::Function => 'f',
            Self::Response => 'h',
        }
    }
}

/// A set of keys that belong together: one function, all directly set keys, the responses of one namespace.
#[derive(Clone, Debug)]
pub struct Space {
    /// Tells spaces of one process apart; clones of a space are the same space.
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) name: Arc<str>,
    /// The path of the function, beside which an [`Instance`] is told by its types.
    path: Arc<str>,
    pub(crate) version: u32,
    /// The literal parts of a `key = "…"` template, one more than it has fields.
    pub(crate) template: Option<Literals>,
    /// How many entries of it are kept in memory at most, where it has a bound of its own.
    pub(crate) threshold: Option<NonZeroUsize>,
    /// The space's own epoch, which every entry in it records.
    pub(crate) epoch: Option<EpochName<'static>>,
    /// What the digests of its keys are made with.
    #[cfg(feature = "bytes")]
    seal: OnceLock<[u8; 32]>,
}

/// The space of directly set keys is number 0.
static NEXT_SPACE: AtomicU64 = AtomicU64::new(1);

static DIRECT: LazyLock<Space> = LazyLock::new(|| Space {
    id: 0,
    kind: Kind::Direct,
    name: Arc::default(),
    path: Arc::default(),
    version: 0,
    template: None,
    threshold: None,
    epoch: None,
    #[cfg(feature = "bytes")]
    seal: OnceLock::new(),
});

impl Space {
    /// The space of directly set keys.
    #[must_use]
    pub fn direct() -> &'static Self {
        &DIRECT
    }

    /// The space of a function that is called `name`. Two calls make two spaces, which never share in this process; on
    /// stores of bytes equal names and versions meet.
    #[must_use]
    pub fn function(name: impl Into<String>, version: u32) -> Self {
        let name: Arc<str> = name.into().into();
        let epoch = Some(EpochName::function(&name));
        Self {
            id: NEXT_SPACE.fetch_add(1, Ordering::Relaxed),
            kind: Kind::Function,
            path: Arc::clone(&name),
            name,
            version,
            template: None,
            threshold: None,
            epoch,
            #[cfg(feature = "bytes")]
            seal: OnceLock::new(),
        }
    }

    /// The space of the responses of the namespace `name`. The first part that is recorded of each of its keys is what
    /// a pattern is compared with.
    #[must_use]
    pub fn responses(name: impl Into<String>) -> Self {
        let mut space = Self::function(name, 0);
        space.kind = Kind::Response;
        space.epoch = Some(EpochName::responses(&space.name));
        space
    }

    /// The same space with keys that can be read: the literal parts of a template, one more than it has fields.
    #[must_use]
    pub fn with_template(mut self, literals: &'static [&'static str]) -> Self {
        self.template = Some(literals);
        #[cfg(feature = "bytes")]
        self.seal.take();
        self
    }

    /// The same space with a bound of its own: how many of its entries a handler in memory keeps at most, apart from those
    /// of all other spaces. Handlers that keep entries elsewhere take no notice of it.
    #[must_use]
    pub const fn with_threshold(mut self, entries: NonZeroUsize) -> Self {
        self.threshold = Some(entries);
        self
    }

    /// The same space of the function at `path`, which need not be its name.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    /// What kind of keys these are.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The function's `version`.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// How many of its entries are kept in memory at most, where it has a bound of its own.
    #[must_use]
    pub const fn threshold(&self) -> Option<NonZeroUsize> {
        self.threshold
    }

    /// The epoch of this space, if it has one of its own.
    #[must_use]
    pub const fn epoch(&self) -> Option<&EpochName<'static>> {
        self.epoch.as_ref()
    }

    /// The name of the function or namespace; empty for directly set keys.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// One key, borrowed from where it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    pub(crate) space: &'a Space,
    pub(crate) instance: Option<Instance>,
    pub(crate) arguments: &'a [u8],
    /// The mark of the arguments; none where it is that of their bytes.
    pub(crate) mark: Option<u64>,
    /// Where its digest is kept once it was made.
    #[cfg(feature = "bytes")]
    pub(crate) digest: Option<&'a Digest>,
}

impl<'a> Key<'a> {
    /// The directly set key `text`.
    #[must_use]
    pub fn direct(text: &'a str) -> Self {
        Self::new(Space::direct(), text.as_bytes())
    }

    /// The key of `arguments`, as recorded, in `space`.
    #[must_use]
    pub const fn new(space: &'a Space, arguments: &'a [u8]) -> Self {
        Self {
            space,
            instance: None,
            arguments,
            mark: None,
            #[cfg(feature = "bytes")]
            digest: None,
        }
    }

    /// The space that this key is in.
    #[must_use]
    pub const fn space(&self) -> &'a Space {
        self.space
    }

    /// The recorded bytes of the arguments, or those of a directly set key.
    #[must_use]
    pub const fn arguments(&self) -> &'a [u8] {
        self.arguments
    }

    /// The [`mark`] of this key.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.mark.unwrap_or_else(|| mark(&Recorded(self.arguments)))
    }

    /// Any key of `space` and `instance`.
    #[must_use]
    pub const fn any(space: &'a Space, instance: Option<Instance>) -> Self {
        Self { instance, ..Self::new(space, &[]) }
    }

    /// Whose key it is: its arguments tell it from all others of that owner.
    #[must_use]
    pub fn owner(&self) -> Owner {
        Owner { space: self.space.id, instance: self.instance.map(|instance| instance.id) }
    }

    /// This key with nothing borrowed, for a table that compares keys exactly.
    #[must_use]
    pub fn to_owned(&self) -> OwnedKey {
        OwnedKey { owner: self.owner(), arguments: SmallVec::from_slice(self.arguments) }
    }

    /// Whether `owned` is this key.
    #[must_use]
    pub fn is(&self, owned: &OwnedKey) -> bool {
        owned.owner == self.owner() && *owned.arguments == *self.arguments
    }
}

/// Whose a key is, in this process: a space, and the instance of generic code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    space: u64,
    instance: Option<TypeId>,
}

impl Owner {
    /// The space: a number that no other space of this process has.
    #[must_use]
    pub const fn space(&self) -> u64 {
        self.space
    }

    /// The instance of generic code.
    #[must_use]
    pub const fn instance(&self) -> Option<TypeId> {
        self.instance
    }
}

impl Space {
    /// Whose keys these are, of this instance.
    #[must_use]
    pub const fn owner(&self, instance: Option<TypeId>) -> Owner {
        Owner { space: self.id, instance }
    }
}

/// A [`Key`] that owns its bytes, equal to another exactly when the keys are. A short one is not on the heap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedKey {
    owner: Owner,
    arguments: SmallVec<[u8; 32]>,
}
