//! Checks of `threshold`: it is one number for the whole function, and one of what is kept in memory.

use proc_macro2::Span;
use syn::Ident;

use crate::args::Args;
use crate::errors::Errors;
use crate::func::Func;
use crate::names::Names;

pub(super) fn check(args: &Args, func: &Func, errors: &mut Errors) {
    let Some(threshold) = &args.threshold else { return };
    let names = Names::of(threshold);
    for name in func.args.iter().flat_map(|arg| &arg.bindings).filter_map(|name| names.free(name)) {
        let message = format!(
            "`threshold` is one number for all calls, so it cannot use the argument `{name}`: write a number or a constant"
        );
        errors.at(name.span(), message);
    }
    let this = Ident::new("Self", Span::call_site());
    for name in func.params().iter().chain([&this]).filter_map(|name| names.mention(name)) {
        let message = format!(
            "`threshold` is one number for all instances of the function, so it cannot use `{name}`: write a number, or a \
             constant that does not depend on it"
        );
        errors.at(name.span(), message);
    }
    // Other names may stand for anything by the time that the program runs; this one promises a handler on disk.
    if args.handler.as_ref().is_some_and(|handler| handler.value() == "disk") {
        errors.on(
            threshold,
            "`threshold` bounds what a function keeps in memory, and `handler = \"disk\"` keeps nothing there: leave it \
             out, and bound the handler itself with `Disk::builder().threshold(…)`",
        );
    }
}
