//! Checks of the names in `skip`, `key`, `tags`, `ttl` and `cache_if`: each must be an argument that may be used there.

use syn::{Expr, Ident};

use super::function::{addresses, names as all_names};
use crate::args::{Args, Key, Ttl};
use crate::errors::Errors;
use crate::func::{Arg, Func};
use crate::names::{Names, roots};
use crate::nearest::{list, nearest};
use crate::template::Template;

/// Marks the arguments that are skipped.
fn skip(args: &Args, func: &mut Func, errors: &mut Errors) {
    for name in &args.skip {
        let is_it = |arg: &Arg| arg.bindings.contains(name) || (arg.is_wild() && name == "_");
        if !func.args.iter().any(is_it) {
            errors.at(name.span(), unknown(name, func));
        }
    }
    for arg in &mut func.args {
        let listed = |name: &Ident| args.skip.contains(name);
        arg.skipped =
            if arg.is_wild() { args.skip.iter().any(|name| name == "_") } else { arg.bindings.iter().any(listed) };
        let missing: Vec<String> = arg.bindings.iter().filter(|name| !listed(name)).map(ToString::to_string).collect();
        if let Some(first) = args.skip.iter().find(|name| arg.bindings.contains(name)).filter(|_| !missing.is_empty()) {
            let rest = list(missing.iter().map(String::as_str));
            let message = format!(
                "`{first}` is a part of an argument, and only whole arguments are skipped: skip {rest} as well, or take \
                 the argument by a name"
            );
            errors.at(first.span(), message);
        }
    }
}

/// Checks all names.
pub(super) fn check(args: &Args, func: &mut Func, errors: &mut Errors) {
    let before = errors.count();
    ambiguous(args, func, errors);
    skip(args, func, errors);
    for (value, of) in args.for_each_key() {
        used(value, of, func, errors);
    }
    // A name that is written wrong is missing as well, and need not be said to be.
    if let (Some(Key::Template(template)), true) = (&args.key, errors.count() == before) {
        complete(template, func, errors);
    }
    if let Some(test) = &args.cache_if {
        after_the_run(test, "`cache_if`", func, errors);
    }
    if let Some(Ttl::OfResult(ttl)) = &args.ttl {
        after_the_run(ttl, "a `ttl` of the result", func, errors);
    }
    addresses(args, func, errors);
    meant(args, func);
}

/// Two arguments of one spelling, which a macro can make: the compiler tells them apart, an attribute does not.
fn ambiguous(args: &Args, func: &Func, errors: &mut Errors) {
    // One argument may well bind a name twice, in the two sides of an or-pattern.
    let mut twice = func.args.iter().enumerate().flat_map(|(index, arg)| {
        let is_twice = move |name: &&Ident| func.args[..index].iter().any(|before| before.bindings.contains(name));
        arg.bindings.iter().filter(is_twice)
    });
    if let Some(name) = twice.next()
        && (!args.skip.is_empty() || !args.for_each_key().is_empty())
    {
        let message =
            format!("two arguments are called `{name}`, so no attribute can name one of them: name them apart");
        errors.at(name.span(), message);
    }
}

/// Instead of a name that there is not, the argument that was most likely meant is skipped: the companions, which stay for
/// the editor, ask for it no more.
fn meant(args: &Args, func: &mut Func) {
    let known = all_names(func);
    for name in args.skip.iter().map(ToString::to_string).filter(|name| name != "_" && !known.contains(name)) {
        let near = nearest(&name, known.iter().map(String::as_str));
        let is_it = |arg: &&mut Arg| arg.bindings.iter().any(|own| near.is_some_and(|near| own == near));
        if let Some(arg) = func.args.iter_mut().find(is_it) {
            arg.skipped = true;
        }
    }
}

/// What is evaluated for a key may use the arguments that are in it.
fn used(value: &Expr, of: &str, func: &Func, errors: &mut Errors) {
    let names = Names::of(value);
    for arg in func.args.iter().filter(|arg| arg.skipped) {
        for name in arg.bindings.iter().filter_map(|name| names.free(name)) {
            let message = format!("`{name}` is in `skip`, so `{of}` cannot use it: take it out of one of the two");
            errors.at(name.span(), message);
        }
    }
    // A `ttl` may well be a variable of the program.
    if of != "ttl" {
        for root in roots(value) {
            let known = func.args.iter().any(|arg| arg.bindings.contains(root));
            if !known && !func.params().contains(root) {
                errors.at(root.span(), unknown(root, func));
            }
        }
    }
}

/// A template names every argument, so that none is forgotten.
fn complete(template: &Template, func: &Func, errors: &mut Errors) {
    let fields: Vec<Names> = template.fields.iter().map(|field| Names::of(&field.value)).collect();
    let is_missing = |name: &&Ident| !fields.iter().any(|field| field.free(name).is_some());
    let readable = func.args.iter().filter(|arg| !arg.skipped).flat_map(|arg| &arg.bindings);
    let forgotten: Vec<String> = readable.filter(is_missing).map(ToString::to_string).collect();
    if forgotten.is_empty() {
        return;
    }
    let names = list(forgotten.iter().map(String::as_str));
    let fields: String = forgotten.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(":");
    let message = format!(
        "the key forgets {names}, so calls that differ there would share a result: add `{fields}` to it, or say \
         `skip({})`",
        forgotten.join(", ")
    );
    errors.at(template.literal.span(), message);
}

/// What is asked about a result cannot use the arguments: the run may have consumed them.
fn after_the_run(value: &Expr, of: &str, func: &Func, errors: &mut Errors) {
    let names = Names::of(value);
    for name in func.args.iter().flat_map(|arg| &arg.bindings).filter_map(|name| names.free(name)) {
        let message = format!(
            "{of} is asked when the run has ended and may have consumed `{name}`: use the result alone, or decide before \
             the run with `bypass`"
        );
        errors.at(name.span(), message);
    }
}

/// `name` is no argument: which ones there are, and which one was probably meant.
fn unknown(name: &Ident, func: &Func) -> String {
    let known = all_names(func);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let function = func.name();
    match (known.as_slice(), nearest(&name.to_string(), known.iter().copied())) {
        ([], _) => format!("`{name}` is no argument of `{function}`, which has none: leave it out"),
        ([only], _) => format!("`{name}` is no argument of `{function}`, whose only one is `{only}`"),
        (all, None) => format!("`{name}` is no argument of `{function}`: it has {}", list(all.iter().copied())),
        (all, Some(near)) => {
            let all = list(all.iter().copied());
            format!("`{name}` is no argument of `{function}`: did you mean `{near}`? It has {all}")
        }
    }
}
