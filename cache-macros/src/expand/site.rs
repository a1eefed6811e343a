//! The site: the one static of the function, and its entry in the registry.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::args::{Key, Ttl};
use crate::func::has_references;
use crate::names::type_mentions;
use crate::validate::Cached;

/// Input:
/// ```ignore
/// #[cached(ttl = 30)]
/// fn square(n: u64) -> u64 { n * n }
/// ```
///
/// Output:
/// ```ignore
/// static __LARDER_SITE: ::larder::private::Site = {
///     fn here() {}
///     ::larder::private::Site::new(
///         ::larder::private::spec!(here)
///             .ttl(|| ::larder::private::Ttl::For(::core::time::Duration::new(30, 0)))
///             .storable(…),
///     )
/// };
/// ::larder::private::inventory::submit! { ::larder::private::Registered(&__LARDER_SITE) }
/// ```
pub(super) fn site(cached: &Cached) -> TokenStream {
    let private = cached.private();
    let storable = storable(cached);
    let levels = storable.as_ref().map(|_| cached.levels());
    let options = options(cached, storable);
    quote! {
        static __LARDER_SITE: #private::Site = {
            #levels
            fn here() {}
            #private::Site::new(
                #private::spec!(here) #(#options)*
            )
        };
        #private::inventory::submit! { #private::Registered(&__LARDER_SITE) }
    }
}

/// The calls after `Spec::new`.
fn options(cached: &Cached, storable: Option<TokenStream>) -> Vec<TokenStream> {
    let args = &cached.args;
    let name = args.name.as_ref().map(|name| quote!(.name(#name)));
    let version = args.version.map(|version| quote!(.version(#version)));
    let handler = args.handler.as_ref().map(|handler| quote!(.handler(#handler)));
    let ttl = ttl(cached).map(|ttl| quote!(.ttl(|| #ttl)));
    let template = match &args.key {
        Some(Key::Template(template)) => {
            let parts = &template.parts;
            Some(quote!(.template(&[#(#parts),*])))
        }
        _ => None,
    };
    let single_flight = args.single_flight.as_ref().map(|single_flight| {
        let (private, variant) = (cached.private(), format_ident!("{}", single_flight.variant));
        quote!(.single_flight(#private::SingleFlight::#variant))
    });
    let threshold = args.threshold.as_ref().map(|entries| {
        // There the compiler says so if it comes to 0.
        let span = Span::call_site().located_at(entries.span());
        let (private, entries) = (cached.krate.private(span), quote_spanned!(span=> entries(#entries)));
        quote!(.threshold(#private::#entries))
    });
    let storable = storable.map(|storable| quote!(.storable(#storable)));
    [name, version, handler, ttl, template, single_flight, threshold, storable].into_iter().flatten().collect()
}

/// The time to live, where it is the same for every call.
fn ttl(cached: &Cached) -> Option<TokenStream> {
    let private = cached.private();
    match cached.args.ttl.as_ref()? {
        Ttl::For(duration) => {
            let duration = duration_tokens(*duration);
            Some(quote!(#private::Ttl::For(#duration)))
        }
        Ttl::Forever => Some(quote!(#private::Ttl::Forever)),
        Ttl::Expr(value) if !cached.needs_call(value) => Some(quote!(#private::ttl(#value))),
        Ttl::Expr(_) | Ttl::OfResult(_) => None,
    }
}

fn duration_tokens(duration: Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}

/// Whether a handler of bytes can keep the result; nothing where its type depends on parameters, which a static cannot
/// name.
fn storable(cached: &Cached) -> Option<TokenStream> {
    let output = &cached.func.output;
    if cached.may_be_associated() || type_mentions(&output.ty, &cached.func.params()) {
        return None;
    }
    let (whole, span) = (&output.ty, output.span());
    let private = cached.krate.private(span);
    let check = |kind: &str| {
        let kind = proc_macro2::Ident::new(kind, span);
        quote_spanned!(span=> #private::#kind::<#whole>::CHECK)
    };
    let none = quote!(::core::option::Option::None);
    if has_references(cached.stored()) {
        return Some(quote!(#private::Storable::No));
    }
    let plain = if has_references(whole) { none.clone() } else { check("AsPlain") };
    let result = if cached.args.cache_err.is_some() { none.clone() } else { check("AsResult") };
    let option = if cached.args.cache_none.is_some() { none } else { check("AsOption") };
    Some(quote_spanned!(span=> #private::first(#result, #option, #plain)))
}
