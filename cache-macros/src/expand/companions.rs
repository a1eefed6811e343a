//! The companions: the type (or, beside a method, the functions) with the operations on what a function has cached.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident, parse_quote};

use super::{how, operations, plan, site};
use crate::validate::Cached;

/// Input:
/// ```ignore
/// #[cached]
/// fn square(n: u64) -> u64 { n * n }
/// ```
///
/// Output, beside the function:
/// ```ignore
/// struct square {}
/// impl square {
///     fn __larder_site() -> &'static ::larder::private::Site { static __LARDER_SITE: … = …; &__LARDER_SITE }
///     fn __larder_plan(n: &u64) -> ::larder::private::Plan { … }
///     fn __larder_how() -> ::larder::private::How<u64, impl ::core::marker::Sized> { … }
///     fn invalidate(n: u64) -> ::core::result::Result<(), ::larder::Error> { … }
///     fn clear() -> …
/// }
/// ```
pub(super) fn companions(cached: &Cached) -> Option<TokenStream> {
    let name = cached.companions.as_ref()?;
    let private = cached.private();
    let site_name = cached.hidden("site", name);
    let site = site::site(cached);
    let site_function = quote! {
        #[doc(hidden)]
        fn #site_name() -> &'static #private::Site {
            #site
            &__LARDER_SITE
        }
    };
    let plan_function = plan::function(cached, &cached.hidden("plan", name));
    let how_function = how::function(cached, &cached.hidden("how", name));
    let functions = operations::all(cached, name, false);
    Some(around(cached, name, &quote!(#site_function #plan_function #how_function #(#functions)*)))
}

/// The companions without their insides, for a function with mistakes: so that calls of them are not mistakes as well.
pub(crate) fn stubs(cached: &Cached) -> Option<TokenStream> {
    let name = cached.companions.as_ref()?;
    let functions = operations::all(cached, name, true);
    Some(around(cached, name, &quote!(#(#functions)*)))
}

/// The type and its impl; beside a method, only what would be in them.
fn around(cached: &Cached, name: &Ident, functions: &TokenStream) -> TokenStream {
    if cached.beside_a_method() {
        return functions.clone();
    }
    let visibility = &cached.func.item.vis;
    let (cfgs, beside) = (cached.func.attributes(&["cfg"]), beside(cached));
    let hidden = cached.func.attributes(&["doc"]).find(|doc| is_hidden(doc));
    let docs = format!("Operations on what {} has cached.", operations::link(cached));
    quote! {
        #[doc = #docs]
        #hidden
        #(#cfgs)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, missing_copy_implementations)]
        #visibility struct #name {}

        #beside
        impl #name {
            #functions
        }
    }
}

fn is_hidden(doc: &Attribute) -> bool {
    doc.parse_args::<Ident>().is_ok_and(|word| word == "hidden")
}

/// What stands before the companions of a function: on their impl, or on each of those beside a method.
pub(super) fn beside(cached: &Cached) -> TokenStream {
    let (cfgs, lints) = (cached.func.attributes(&["cfg"]), lints(cached));
    quote!(#(#cfgs)* #[allow(dead_code, clippy::used_underscore_binding)] #(#lints)*)
}

/// What the user allows in the function is allowed in its companions, which have the same arguments and call it.
fn lints(cached: &Cached) -> Vec<Attribute> {
    let written = cached.func.attributes(&["allow", "expect"]).filter_map(|attribute| {
        let lints = &attribute.meta.require_list().ok()?.tokens;
        Some(parse_quote!(#[allow(#lints)]))
    });
    let deprecated = cached.func.attributes(&["deprecated"]).next().map(|_| parse_quote!(#[allow(deprecated)]));
    written.chain(deprecated).collect()
}
