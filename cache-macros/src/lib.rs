//! The attribute `#[cached]` of the crate `larder`, which documents and re-exports it.
//!
//! The stages are the files: `args` reads the attribute, `func` takes the function apart, `place` finds out
//! where it stands, `validate` checks them against each other, `expand` writes the code. `fallback` writes it
//! for a function with mistakes. None of them knows how a result is cached.

mod args;
mod duration;
mod errors;
mod expand;
mod fallback;
mod func;
mod krate;
mod names;
mod nearest;
mod place;
#[cfg(test)]
mod snapshots;
mod template;
mod validate;

use args::Args;
use errors::Errors;
use func::Func;
use place::Place;
use proc_macro2::TokenStream;
use validate::Cached;

/// Keeps the results of a function in a cache. See `larder::cached`.
#[proc_macro_attribute]
pub fn cached(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(args.into(), &item.into()).into()
}

fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::parse(args, &mut errors);
    let Some(func) = errors.keep(Func::parse(item.clone())) else {
        return fallback::item(item, &errors);
    };
    let place = Place::of(&func);
    let cached = Cached::new(args, func, place, &mut errors);
    if errors.is_empty() { expand::expand(&cached) } else { fallback::function(&cached, &errors) }
}
