//! The path of an annotated function, from the type name of something inside of it.

use std::borrow::Cow;

/// The path of the function that `inside` is in, without what the attribute puts around it.
///
/// What belongs to a function with companions stands in a `hidden` function of theirs, which says in its own name what
/// the path does not: `__larder_site` in a type of the function's name, `__larder_site_of_user` in one of another name,
/// `__larder_site_beside_load` beside the method `load`.
pub(crate) fn path_of(inside: &'static str, hidden: &str) -> Cow<'static, str> {
    let inside = around(inside);
    let Some((outer, rest)) = inside.rsplit_once(hidden) else {
        return Cow::Borrowed(inside);
    };
    let Some(outer) = outer.strip_suffix("::") else {
        return Cow::Borrowed(inside);
    };
    if let Some(name) = rest.strip_prefix("_beside_") {
        return Cow::Owned(format!("{outer}::{name}"));
    }
    if let Some(name) = rest.strip_prefix("_of_") {
        let module = outer.rsplit_once("::").map_or("", |(module, _companions)| module);
        return Cow::Owned(format!("{module}::{name}"));
    }
    if rest.is_empty() { Cow::Borrowed(outer) } else { Cow::Owned(format!("{outer}{rest}")) }
}

/// The function around a closure: the body of an `async` one is a closure as well.
pub(super) fn around(mut name: &'static str) -> &'static str {
    while let Some(outer) = name.strip_suffix("::{{closure}}") {
        name = outer;
    }
    name
}
