//! All annotated functions of the program, known before any of them is called.

use std::collections::HashMap;

use super::site::Site;
use super::storable::Storable;
use crate::cache::Cache;
use crate::entry::Form;

/// An annotated function, submitted by generated code. On targets that run nothing before `main` there are none; then
/// everything that is checked here is checked at a function's first call.
#[derive(Debug)]
pub struct Registered(pub &'static Site);

inventory::collect!(Registered);

/// Why annotated functions cannot work with `cache`: one reason for each, by name, file and line.
pub(crate) fn check_all(cache: &Cache) -> Vec<String> {
    let mut problems = Vec::new();
    let mut places: HashMap<&str, &'static Site> = HashMap::new();
    for Registered(site) in inventory::iter::<Registered> {
        let site: &'static Site = site;
        if let Some(other) = places.insert(site.name(), site) {
            let mut lines = [(other.spec.file, other.spec.line), (site.spec.file, site.spec.line)];
            lines.sort_unstable();
            let [one, two] = lines.map(|(file, line)| format!("{file}:{line}"));
            let name = site.name();
            problems.push(format!(
                "two functions are called `{name}`, at {one} and {two}: give one of them another `name = \"…\"`"
            ));
        }
        problems.extend(check(cache, site));
    }
    problems.sort();
    problems
}

fn check(cache: &Cache, site: &'static Site) -> Option<String> {
    let handler = match cache.handler_for(site.spec.handler) {
        Ok(handler) => handler,
        Err(error) => {
            let name = site.spec.handler.unwrap_or_default();
            return Some(format!(
                "{} cannot be cached: {error}; add it with `.handler(\"{name}\", ..)`, or name another",
                site.place()
            ));
        }
    };
    if handler.form() != Form::Bytes {
        return None;
    }
    let reason = match site.spec.storable {
        Storable::Unknown => return None,
        Storable::No => "its result is not `Serialize + DeserializeOwned`".to_owned(),
        Storable::Yes(check) => check().err()?,
    };
    Some(format!("{} cannot be cached on `{}`, a handler of bytes: {reason}", site.place(), handler.name()))
}
