//! The function itself: what it was, with its body handed to the runtime.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, FnArg, ItemFn, Pat, PatIdent, Stmt, parse_quote};

use super::{how, plan, site};
use crate::func::Arg;
use crate::names::Names;
use crate::validate::Cached;

/// Input:
/// ```ignore
/// #[cached]
/// fn square(n: u64) -> u64 { n * n }
/// ```
///
/// Output:
/// ```ignore
/// fn square(n: u64) -> u64 {
///     use ::larder::private::levels::*;
///     let __larder_plan = square::__larder_plan(&n);
///     let __larder_returns = ::larder::private::Returns::<u64>::new();
///     let __larder_outcome = (&&&__larder_returns).outcome();
///     __larder_returns.require_value(__larder_outcome);
///     ::larder::private::call(
///         square::__larder_site(),
///         __larder_plan,
///         ::larder::private::How { outcome: __larder_outcome, codec: …, share: …, policy: … },
///         move || -> u64 { n * n },
///     )
/// }
/// ```
pub(super) fn function(cached: &Cached) -> TokenStream {
    let levels = cached.levels();
    let (site_items, site, plan) = match &cached.companions {
        Some(companions) => {
            let path = cached.hidden_path("site", companions);
            (None, quote!(#path()), plan::call(cached, companions, false))
        }
        None => (Some(site::site(cached)), quote!(&__LARDER_SITE), plan::inline(cached)),
    };
    let modes = modes(cached);
    let statements = how::checked_statements(cached);
    let call = call(cached, &site);
    let body: Vec<Stmt> = parse_quote! {
        #levels
        #site_items
        let __larder_plan = #plan #modes;
        #statements
        #call
    };
    let mut item = cached.func.item.clone();
    item.block.stmts = body;
    rename(&mut item, &cached.func.args);
    quote!(#item)
}

/// Arguments that are patterns get a name.
fn rename(item: &mut ItemFn, args: &[Arg]) {
    for (input, arg) in item.sig.inputs.iter_mut().zip(args) {
        let FnArg::Typed(typed) = input else { continue };
        let by_name =
            PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: arg.name.clone(), subpat: None };
        *typed.pat = Pat::Ident(by_name);
    }
}

/// `.bypass(…)` and `.refresh(…)`.
fn modes(cached: &Cached) -> TokenStream {
    let bypass = cached.args.bypass.as_ref().map(|test| {
        let test = with_parts(cached, test);
        quote!(.bypass(#test))
    });
    let refresh = cached.args.refresh.as_ref().map(|test| {
        let test = with_parts(cached, test);
        quote!(.refresh(#test))
    });
    quote!(#bypass #refresh)
}

/// An expression over the arguments, in which the parts of patterns have their names.
fn with_parts(cached: &Cached, value: &Expr) -> TokenStream {
    let names = Names::of(value);
    let is_named = |arg: &&Arg| arg.bindings.iter().any(|name| names.mentions(name));
    let parts: Vec<TokenStream> = cached
        .func
        .args
        .iter()
        .filter(is_named)
        .filter_map(|arg| {
            let (name, pattern) = (&arg.name, arg.lent_pattern()?);
            let lent = if arg.is_copy() { quote!(#name) } else { quote!(&#name) };
            Some(quote!(#[allow(unused_variables)] let #pattern = #lent;))
        })
        .collect();
    if parts.is_empty() { quote!(#value) } else { quote!({ #(#parts)* #value }) }
}

/// The call of the runtime, in tail position: `?`, `return` and moves in the body work as they did.
fn call(cached: &Cached, site: &TokenStream) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let how = how::how(cached, false);
    let body = body(cached);
    if !cached.func.is_async() {
        return quote_spanned! {span=>
            #private::call(#site, __larder_plan, #how, move || -> #result { #body })
        };
    }
    // An async block has no return type to be written; the value that is never made gives it one.
    quote_spanned! {span=>
        (&&__larder_returns)
            .call_async(#site, __larder_plan, #how, move || async move {
                if false {
                    return #private::never::<#result>();
                }
                #body
            })
            .await
    }
}

/// The statements of the user, not the block: the braces of a block inside of braces would be called unnecessary.
fn body(cached: &Cached) -> TokenStream {
    let parts = cached.func.args.iter().filter_map(|arg| {
        let (name, pattern) = (&arg.name, arg.pattern()?);
        Some(quote!(let #pattern = #name;))
    });
    let statements = &cached.func.item.block.stmts;
    quote!(#(#parts)* #(#statements)*)
}
