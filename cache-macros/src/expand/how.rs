//! How the result is read, kept and shared: chosen by the compiler on its real type.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::args::Ttl;
use crate::func::has_references;
use crate::validate::Cached;

/// The statements that look at the result's type, and the names they bind.
///
/// ```ignore
/// let __larder_returns = ::larder::private::Returns::<u64>::new();
/// let __larder_outcome = (&&&__larder_returns).outcome();
/// __larder_returns.require_value(__larder_outcome);
/// ```
pub(super) fn statements(cached: &Cached) -> TokenStream {
    statements_that(cached, None)
}

/// As [`statements`], with the promise of two handler names checked: once is enough, so in the function.
pub(super) fn checked_statements(cached: &Cached) -> TokenStream {
    let span = cached.func.output.span();
    let bytes = quote_spanned!(span=> __larder_returns.require_bytes(__larder_outcome););
    statements_that(cached, promises_bytes(cached).then_some(&bytes))
}

fn statements_that(cached: &Cached, more: Option<&TokenStream>) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let outcome = outcome(cached);
    quote_spanned! {span=>
        let __larder_returns = #private::Returns::<#result>::new();
        let __larder_outcome = (&&&__larder_returns).#outcome();
        __larder_returns.require_value(__larder_outcome);
        #more
    }
}

/// The value of type `How` for a call; `again` where there is one already.
pub(super) fn how(cached: &Cached, again: bool) -> TokenStream {
    let (private, span) = (cached.private_at_result(), cached.func.output.span());
    let (codec, policy) = (codec(cached), policy(cached, again));
    let share = if cached.func.result_may_borrow() {
        quote_spanned!(span=> __larder_returns.not_shared())
    } else {
        quote_spanned!(span=> (&&__larder_returns).share())
    };
    quote_spanned! {span=>
        #private::How {
            outcome: __larder_outcome,
            codec: #codec,
            share: #share,
            policy: #policy,
        }
    }
}

/// In which form the result is kept.
pub(super) fn codec(cached: &Cached) -> TokenStream {
    let span = cached.func.output.span();
    if has_references(cached.stored()) {
        quote_spanned!(span=> __larder_returns.kept(__larder_outcome).object())
    } else {
        quote_spanned!(span=> (&&__larder_returns.kept(__larder_outcome)).codec())
    }
}

fn outcome(cached: &Cached) -> Ident {
    let err = cached.args.cache_err.map(|_| "_err").unwrap_or_default();
    let none = cached.args.cache_none.map(|_| "_none").unwrap_or_default();
    format_ident!("outcome{err}{none}", span = cached.func.output.span())
}

/// Two names promise a handler of bytes, whatever stands behind them.
fn promises_bytes(cached: &Cached) -> bool {
    cached.args.handler.as_ref().is_some_and(|handler| matches!(handler.value().as_str(), "disk" | "redis"))
}

/// What the attributes say of one result. It stands in the function, and again in `prime`.
fn policy(cached: &Cached, again: bool) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    // A path would be a value and not a function of the result, so clippy shall not ask for one; nor ask twice.
    let allow = quote!(#[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)]);
    let only_if = cached.args.cache_if.as_ref().map(|test| {
        let allow = again.then_some(&allow);
        quote_spanned!(span=> .only_if(#private::passes(__larder_result, #allow #test)))
    });
    let ttl = match &cached.args.ttl {
        Some(Ttl::OfResult(ttl)) => Some(quote_spanned!(span=> .ttl(#private::ttl_of(__larder_result, #allow #ttl)))),
        _ => None,
    };
    let argument = if only_if.is_none() && ttl.is_none() {
        quote_spanned!(span=> _)
    } else {
        quote_spanned!(span=> __larder_result)
    };
    quote_spanned!(span=> |#argument: &#result| #private::Verdict::store() #only_if #ttl)
}
