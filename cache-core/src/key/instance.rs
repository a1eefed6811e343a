//! [`Instance`]: which types generic code stands for, and what other processes call them.

use std::any::TypeId;
#[cfg(feature = "bytes")]
use std::borrow::Cow;
use std::sync::LazyLock;

use dashmap::DashMap;

use super::path::around;
#[cfg(feature = "bytes")]
use super::path::path_of;
use crate::fork::whole;

/// One instance of generic code: which types its parameters (and `Self`) stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

/// The types that were seen under each name, for [`Instance::is_told_apart`].
static NAMED: LazyLock<DashMap<&'static str, TypeId>> = LazyLock::new(DashMap::new);

impl Instance {
    /// The instance that `inside`, a closure in generic code, belongs to: a closure captures every type around it.
    #[inline]
    #[must_use]
    pub fn of<F>(_inside: &F) -> Self {
        Self { id: typeid::of::<F>(), name: std::any::type_name::<F>() }
    }

    /// What tells it from others in this process.
    #[inline]
    #[must_use]
    pub const fn id(&self) -> TypeId {
        self.id
    }

    /// Whether other processes tell this instance from others by its name. Not so for types that share a name: closures
    /// of one function, types of one name in two blocks of a function or in two versions of a crate.
    pub(crate) fn is_told_apart(&self) -> bool {
        !names_closure(around(self.name)) && whole(|| *NAMED.entry(self.name).or_insert(self.id)) == self.id
    }

    /// What other processes know it by, beside the `path` of the function as its site knows it: the types, and where
    /// the path does not hold (it has `_` for the types of an impl), a path that does. Empty where there are no types.
    #[cfg(feature = "bytes")]
    pub(super) fn text(&self, path: &str) -> Cow<'static, str> {
        match path_of(self.name, "__larder_plan") {
            Cow::Borrowed(whole) => Cow::Borrowed(whole.strip_prefix(path).unwrap_or(whole)),
            Cow::Owned(whole) => Cow::Owned(whole.strip_prefix(path).map(str::to_owned).unwrap_or(whole)),
        }
    }
}

/// Whether a type in `path` is a closure, or is made of one. Closures *around* the function, such as the body of an
/// `async` function that it stands in, are part of the path itself.
fn names_closure(path: &str) -> bool {
    let mut depth = 0_usize;
    path.char_indices().any(|(at, character)| {
        let rest = &path[at..];
        match character {
            '<' => depth += 1,
            '>' if !path[..at].ends_with('-') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 && rest.starts_with("{{closure}}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_around_a_function_do_not_count_and_closures_among_its_types_do() {
        assert!(!names_closure("app::Repo::load"));
        assert!(!names_closure("<app::Repo<u8> as app::Load>::load"));
        assert!(!names_closure("app::test::{{closure}}::load<fn(u8) -> u8>"));
        assert!(names_closure("app::load<app::main::{{closure}}>"));
        assert!(names_closure("app::load<fn() -> u8, app::main::{{closure}}>"));
        assert!(names_closure("<app::main::{{closure}} as app::Load>::load"));
    }

    #[cfg(feature = "bytes")]
    #[test]
    fn a_text_is_the_types_alone_where_the_path_holds() {
        let text = |name, path: &str| Instance { id: TypeId::of::<u8>(), name }.text(path);
        assert_eq!(text("app::Repo::load::{{closure}}::{{closure}}", "app::Repo::load"), "");
        assert_eq!(text("app::load<u8>::{{closure}}", "app::load"), "<u8>");
        assert_eq!(text("app::load::__larder_plan<u8>::{{closure}}", "app::load"), "<u8>");
        assert_eq!(text("app::Repo::__larder_plan_beside_load<u8>::{{closure}}", "app::Repo::load"), "<u8>");
        assert_eq!(text("app::S<u8>::load::{{closure}}", "app::S<_>::load"), "app::S<u8>::load");
    }
}
