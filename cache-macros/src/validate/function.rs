//! Checks of the function: its shape, its result, and what kinds of argument it has.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprLit, Ident, Lit, Type, Visibility};

use crate::args::{Args, Key, Ttl};
use crate::errors::Errors;
use crate::func::{Func, Shape, plain};
use crate::place::Place;

pub(super) fn check(args: &Args, func: &Func, place: Place, errors: &mut Errors) {
    shape(func, place, errors);
    for problem in &func.output.problems {
        errors.push(problem.clone());
    }
    outcome(args, func, errors);
    stores_nothing(args, errors);
}

/// Functions that cannot be cached at all.
fn shape(func: &Func, place: Place, errors: &mut Errors) {
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
    // One of another kind is no program's.
    let is_private = matches!(func.item.vis, Visibility::Inherited);
    if func.name() == "main" && place == Place::Free && is_private && func.args.is_empty() {
        errors.on(
            func.name(),
            "`main` is called once, so there is nothing to cache: move the work to a function of its own",
        );
    }
    for attribute in func.cached_again() {
        errors.on(attribute.path(), "this function is `#[cached]` already: write all that it needs into one attribute");
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

/// What has no effect where nothing is stored.
fn stores_nothing(args: &Args, errors: &mut Errors) {
    if let (Some(bypass), Some(refresh)) = (&args.bypass, &args.refresh)
        && is_true(bypass)
        && is_true(refresh)
    {
        errors.on(refresh, "a call that is bypassed stores nothing, so it cannot refresh: leave one of the two out");
    }
    let Some(Ttl::For(ttl)) = &args.ttl else { return };
    if !ttl.is_zero() {
        return;
    }
    let mut without_effect = |name: &str, written: Option<TokenStream>| {
        let message = format!("with `ttl = 0` nothing is stored, so this has no effect: leave `{name}` or `ttl` out");
        written.into_iter().for_each(|written| errors.on(written, &message));
    };
    let flag = |name: &str, span: Option<Span>| span.map(|span| Ident::new(name, span).to_token_stream());
    without_effect("cache_err", flag("cache_err", args.cache_err));
    without_effect("cache_none", flag("cache_none", args.cache_none));
    without_effect("cache_if", args.cache_if.as_ref().map(ToTokens::to_token_stream));
    without_effect("refresh", args.refresh.as_ref().map(ToTokens::to_token_stream));
    let shared = args.single_flight.as_ref().filter(|single_flight| single_flight.is_shared());
    without_effect("single_flight", shared.map(|shared| shared.literal.to_token_stream()));
    without_effect("threshold", args.threshold.as_ref().map(ToTokens::to_token_stream));
    without_effect("tags", args.tags.first().map(|tag| tag.literal.to_token_stream()));
}

fn is_true(value: &Expr) -> bool {
    matches!(value, Expr::Lit(ExprLit { lit: Lit::Bool(bool), .. }) if bool.value)
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
