//! What is emitted for a function with mistakes: the mistakes, and everything that keeps them from causing others.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::errors::Errors;
use crate::expand::stubs;
use crate::validate::Cached;

/// The function as it was, the mistakes, and companions that do nothing: calls of neither are mistakes as well.
pub(crate) fn function(cached: &Cached, errors: &Errors) -> TokenStream {
    let (function, errors) = (&cached.func.item, errors.to_tokens());
    let stubs = if can_have_stubs(cached) { stubs(cached) } else { None };
    if cached.beside_a_method() {
        // In an impl, a macro that expands to no item of it is a mistake of its own. Inside of the body it is none.
        return inside(cached, &errors, stubs.as_ref());
    }
    quote!(#function #errors #stubs)
}

/// Whatever the attribute was put on, and the mistake.
pub(crate) fn item(item: &TokenStream, errors: &Errors) -> TokenStream {
    let errors = errors.to_tokens();
    if is_closure(item) {
        return quote!({ #errors #item });
    }
    quote!(#item #errors)
}

/// Whether it stands where an expression is expected.
fn is_closure(item: &TokenStream) -> bool {
    let first = item.clone().into_iter().find(|token| !matches!(token, TokenTree::Ident(word) if word == "move"));
    matches!(first, Some(TokenTree::Punct(punct)) if punct.as_char() == '|')
}

fn inside(cached: &Cached, errors: &TokenStream, stubs: Option<&TokenStream>) -> TokenStream {
    let function = cached.func.item.with_first(errors);
    quote!(#function #stubs)
}

/// Where the signature itself is the mistake, another one like it would be the same mistake again; and a second
/// `#[cached]` brings companions of its own.
fn can_have_stubs(cached: &Cached) -> bool {
    let func = &cached.func;
    func.item.sig.variadic.is_none() && func.output.problems.is_empty() && func.cached_again().next().is_none()
}
