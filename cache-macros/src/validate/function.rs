//! Checks of the function: its shape, its result, and what kinds of argument it has.

use syn::Type;

use crate::args::{Args, Key};
use crate::errors::Errors;
use crate::func::{Func, Shape, plain};

pub(super) fn check(args: &Args, func: &Func, errors: &mut Errors) {
    shape(func, errors);
    for problem in &func.output.problems {
        errors.push(problem.clone());
    }
    outcome(args, func, errors);
}

/// Functions that cannot be cached at all.
fn shape(func: &Func, errors: &mut Errors) {
    let signature = &func.item.sig;
    if let Some(constness) = &signature.constness {
        errors.on(
            constness,
            "a `const fn` can run while the program is compiled, where there is no cache: take `const` away",
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.on(
            variadic,
            "arguments of no fixed number cannot be a key: wrap it in a function that names its arguments",
        );
    }
    if func.name() == "main" {
        errors.on(
            func.name(),
            "`main` is called once, so there is nothing to cache: move the work to a function of its own",
        );
    }
    for attribute in func.args.iter().flat_map(|arg| &arg.attrs) {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            let message =
                "whether this argument is there cannot be seen here: put the `cfg` on two versions of the function";
            errors.on(attribute, message);
        }
    }
}

/// `cache_err` and `cache_none` where they could change nothing.
fn outcome(args: &Args, func: &Func, errors: &mut Errors) {
    let shape = &func.output.shape;
    if let (Some(span), Shape::Option(_) | Shape::Unit) = (args.cache_err, shape) {
        errors.at(span, "`cache_err` is for functions that return a `Result`, and this one does not: leave it out");
    }
    if let (Some(span), Shape::Result(_) | Shape::Unit) = (args.cache_none, shape) {
        let message = "`cache_none` is for functions that return an `Option`, and this one does not (the value of an `Ok` \
                       is stored, `None` too): leave it out";
        errors.at(span, message);
    }
}

/// Arguments whose type is written as an address: it tells nothing of what stands there, and is another in every run.
pub(super) fn addresses(args: &Args, func: &Func, errors: &mut Errors) {
    if matches!(args.key, Some(Key::Expr(_))) {
        return;
    }
    for arg in func.args.iter().filter(|arg| !arg.skipped) {
        let Some(ty @ (Type::Ptr(_) | Type::FnPtr(_))) = arg.ty().map(plain) else {
            continue;
        };
        let message = format!(
            "an address is no key: leave the argument out with `skip({})`, or take what it points to",
            arg.label()
        );
        errors.on(ty, message);
    }
}

/// The names of arguments in messages: all that `skip`, `key` and `tags` may use.
pub(super) fn names(func: &Func) -> Vec<String> {
    func.args.iter().flat_map(|arg| &arg.bindings).map(ToString::to_string).collect()
}
