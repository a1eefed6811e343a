//! How the result is read, kept and shared: chosen by the compiler on its real type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Token};

use crate::args::Ttl;
use crate::func::has_references;
use crate::validate::Cached;

/// The hidden function that gives it, for the shim and the companions.
///
/// Input:
/// ```ignore
/// #[cached]
/// fn user(id: u64) -> Result<User, DbError> { … }
/// ```
///
/// Output:
/// ```ignore
/// fn __larder_how() -> ::larder::private::How<Result<User, DbError>, User> {
///     let __larder_returns = ::larder::private::Returns::<Result<User, DbError>>::new();
///     …
/// }
/// ```
///
/// A signature can only be made of tokens. What is stored is known by them where the return type is written as a
/// `Result<T, ..>` or `Option<T>`, and then the compiler is asked whether it is `T` indeed; otherwise it has no name.
pub(super) fn function(cached: &Cached, name: &Ident) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let levels = cached.levels();
    let how = how(cached);
    let how = match cached.peeked() {
        Some(_) => quote_spanned!(span=> #private::written({ #how })),
        None => how,
    };
    let (generics, clause) = (cached.generics(&TokenStream::new(), None), &cached.func.item.sig.generics.where_clause);
    let stored = match cached.peeked() {
        Some(inner) => quote!(#inner),
        None => quote_spanned!(span=> impl ::core::marker::Sized),
    };
    // Where the compiler would add a `where`: there it is seen in the user's function.
    let close = Token![>](Span::call_site().located_at(cached.func.end()));
    let returns = quote_spanned!(span=> #private::How<#result, #stored #close);
    quote! {
        #[doc(hidden)]
        fn #name #generics() -> #returns #clause {
            #levels
            #how
        }
    }
}

/// The call of that function.
pub(super) fn call(cached: &Cached, companions: &Ident) -> TokenStream {
    let (path, turbofish) = (cached.hidden_path("how", companions), cached.turbofish());
    quote!(#path #turbofish())
}

/// The value of type `How`, made in the body, for a function without companions.
pub(super) fn inline(cached: &Cached) -> TokenStream {
    let how = how(cached);
    quote!(|| { #how })
}

/// Input:
/// ```ignore
/// #[cached(cache_if = |v| v.is_ok())]
/// fn user(id: u64) -> Result<User, DbError> { … }
/// ```
///
/// Output:
/// ```ignore
/// let __larder_returns = ::larder::private::Returns::<Result<User, DbError>>::new();
/// let __larder_outcome = (&&&__larder_returns).larder_outcome();
/// let __larder_codec = (&&&&__larder_returns.kept(__larder_outcome)).larder_codec();
/// __larder_returns
///     .how(__larder_outcome, __larder_codec, (&&__larder_returns).larder_share(), ::larder::private::short())
///     .policy(|__larder_result: &Result<User, DbError>| {
///         ::larder::private::Verdict::store().only_if(::larder::private::passes(__larder_result, |v| v.is_ok()))
///     })
/// ```
fn how(cached: &Cached) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let (outcome, codec, policy) = (outcome(cached), codec(cached), policy(cached));
    let share = if cached.func.result_may_borrow() {
        quote_spanned!(span=> __larder_returns.not_shared())
    } else {
        quote_spanned!(span=> (&&__larder_returns).larder_share())
    };
    quote_spanned! {span=>
        let __larder_returns = #private::Returns::<#result>::new();
        let __larder_outcome = (&&&__larder_returns).#outcome();
        let __larder_codec = #codec;
        __larder_returns.how(__larder_outcome, __larder_codec, #share, #private::short()) #policy
    }
}

/// In which form the result is kept.
fn codec(cached: &Cached) -> TokenStream {
    let span = cached.func.output.span();
    if has_references(cached.stored()) {
        quote_spanned!(span=> __larder_returns.kept(__larder_outcome).object())
    } else {
        quote_spanned!(span=> (&&&&__larder_returns.kept(__larder_outcome)).larder_codec())
    }
}

fn outcome(cached: &Cached) -> Ident {
    let err = cached.args.cache_err.map(|_| "_err").unwrap_or_default();
    let none = cached.args.cache_none.map(|_| "_none").unwrap_or_default();
    format_ident!("larder_outcome{err}{none}", span = cached.func.output.span())
}

/// The assertion that bytes can be made of the result: two names promise a handler of bytes, whatever stands behind them.
/// It stands in the function itself, so that what the compiler suggests fits there.
pub(super) fn promise(cached: &Cached) -> Option<TokenStream> {
    let name = cached.args.handler.as_ref()?.value();
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let outcome = outcome(cached);
    matches!(name.as_str(), "disk" | "redis").then(|| {
        quote_spanned! {span=>
            let __larder_returns = #private::Returns::<#result>::new();
            __larder_returns.require_bytes((&&&__larder_returns).#outcome());
        }
    })
}

/// What the attributes say of one result, if they say anything. What is asked stands where it was written.
fn policy(cached: &Cached) -> Option<TokenStream> {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let asked = |function: &Expr, how: &str, by: &str| {
        let at = Span::call_site().located_at(function.span());
        let (private, allow) = (cached.krate.private(at), allowed(function));
        let (how, by) = (Ident::new(how, span), Ident::new(by, at));
        quote_spanned!(at=> .#how(#private::#by(__larder_result, #allow #function)))
    };
    let only_if = cached.args.cache_if.as_ref().map(|test| asked(test, "only_if", "passes"));
    let ttl = match &cached.args.ttl {
        Some(Ttl::OfResult(ttl)) => Some(asked(ttl, "ttl", "ttl_of")),
        _ => None,
    };
    (only_if.is_some() || ttl.is_some())
        .then(|| quote_spanned!(span=> .policy(|__larder_result: &#result| #private::Verdict::store() #only_if #ttl)))
}

/// A path instead of a closure would be a `ttl` and not a function of the result, so clippy shall not ask for one.
fn allowed(function: &Expr) -> Option<TokenStream> {
    let closure = matches!(function, Expr::Closure(_));
    closure.then(|| quote!(#[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)]))
}
