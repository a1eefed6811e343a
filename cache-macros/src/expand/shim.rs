//! The function itself: what it was, with its body handed to the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Attribute, Expr, FnArg, Pat, PatIdent, Signature};

use super::{how, plan, site};
use crate::args::Ttl;
use crate::func::{Arg, Item, Skin};
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
///     let mut __larder_plan = <square>::__larder_plan(&n);
///     ::larder::private::call(<square>::__larder_site(), &mut __larder_plan, &<square>::__larder_how(), move || -> u64 { n * n })
/// }
/// ```
pub(super) fn function(cached: &Cached) -> TokenStream {
    // The rest of what is chosen by the compiler stands among the companions, where there are any.
    let promise = how::promise(cached);
    let needed = cached.companions.is_none() || cached.func.is_async() || promise.is_some();
    let levels = needed.then(|| cached.levels());
    let (site_items, site, plan, how) = match &cached.companions {
        Some(companions) => {
            let path = cached.hidden_path("site", companions);
            let plan = plan::call(cached, companions, false);
            (None, quote!(#path()), plan, how::call(cached, companions))
        }
        None => {
            let (site, how) = (site::site(cached), how::inline(cached));
            let here = plan::here(cached);
            let items = quote!(#site #here let __larder_how = #how;);
            (Some(items), quote!(&__LARDER_SITE), plan::inline(cached), quote!(__larder_how()))
        }
    };
    let modes = modes(cached);
    let (hit, call) = (hit(cached, &site, &how), call(cached, &site, &how));
    let key = match probe(cached) {
        Some(probe) => quote!(let __larder_probe = #probe;),
        None if cached.func.is_async() => quote!(let __larder_plan = #plan #modes;),
        None => quote!(let mut __larder_plan = #plan #modes;),
    };
    let Item { attrs, vis, sig, inner, .. } = &cached.func.item;
    let sig = renamed(sig, &cached.func.args);
    let statements = quote! {
        #levels
        #site_items
        #promise
        #key
        #hit
        #call
    };
    let body = in_skin(cached, statements);
    quote! {
        #(#attrs)*
        #vis #sig {
            #(#inner)*
            #body
        }
    }
}

/// The short cut of a hit: nothing where the runtime has it, or what has tags and so has none.
fn hit(cached: &Cached, site: &TokenStream, how: &TokenStream) -> Option<TokenStream> {
    if !cached.func.is_async() || !cached.args.tags.is_empty() {
        return None;
    }
    let asked = if probe(cached).is_some() {
        let instance = instance(cached);
        quote!(hit_of(#site, __larder_probe, #instance))
    } else {
        quote!(hit(#site, &__larder_plan))
    };
    Some(quote! {
        if let ::core::option::Option::Some(__larder_hit) = #how.#asked {
            if let ::core::option::Option::Some(__larder_value) = #how.value_of(&__larder_hit) {
                return #how.give(__larder_value);
            }
        }
    })
}

/// The instance that a call is of, where it is not in the plan.
fn instance(cached: &Cached) -> TokenStream {
    match plan::instance(cached) {
        Some(instance) => quote!(::core::option::Option::Some(#instance)),
        None => quote!(::core::option::Option::None),
    }
}

/// The key that is looked for without a buffer; nothing where a call is more than such a key.
fn probe(cached: &Cached) -> Option<TokenStream> {
    let args = &cached.args;
    let is_key_alone = args.tags.is_empty() && args.bypass.is_none() && args.refresh.is_none();
    let ttl_needs_call = matches!(&args.ttl, Some(Ttl::Expr(value)) if cached.needs_call(value));
    // Among companions the instance is named in a function of theirs.
    let is_instance = plan::instance(cached).is_some() && cached.companions.is_some();
    // What is looked for borrows the arguments while the body takes them.
    let are_copies = plan::in_key(cached).all(Arg::is_copy);
    if !is_key_alone || ttl_needs_call || is_instance || !are_copies {
        return None;
    }
    plan::key_of_parts(cached, |arg| {
        let name = &arg.name;
        quote_spanned!(arg.span()=> &#name)
    })
}

/// What a function does that is not async itself and gives a future.
fn in_skin(cached: &Cached, statements: TokenStream) -> TokenStream {
    match cached.func.output.skin {
        Skin::Sync | Skin::Async => statements,
        Skin::Boxed(_) => quote!(::std::boxed::Box::pin(async move { #statements })),
        Skin::Opaque => quote!(async move { #statements }),
    }
}

/// Arguments that are patterns get a name. What is said of lints goes with the pattern into the body.
fn renamed(signature: &Signature, args: &[Arg]) -> Signature {
    let mut signature = signature.clone();
    for (input, arg) in signature.inputs.iter_mut().zip(args) {
        let FnArg::Typed(typed) = input else { continue };
        if arg.pattern().is_some() {
            typed.attrs.retain(|attribute| !is_lint(attribute));
        }
        let by_name =
            PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: arg.name.clone(), subpat: None };
        *typed.pat = Pat::Ident(by_name);
    }
    signature
}

fn is_lint(attribute: &Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"].iter().any(|level| attribute.path().is_ident(level))
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
fn call(cached: &Cached, site: &TokenStream, how: &TokenStream) -> TokenStream {
    let (private, span, result) = (cached.private_at_result(), cached.func.output.span(), cached.result());
    let run = match &cached.func.output.skin {
        Skin::Sync => {
            let body = body(cached, None, Some(&result.to_token_stream()));
            quote_spanned!(span=> move || -> #result #body)
        }
        // An async block has no return type to be written; the value that is never made gives it one.
        Skin::Async => {
            let typed = quote_spanned!(span=> if false { return #private::never::<#result>(); });
            let body = body(cached, Some(&typed), Some(&result.to_token_stream()));
            quote_spanned!(span=> move || async move #body)
        }
        Skin::Boxed(boxed) => {
            let body = body(cached, None, Some(&boxed.to_token_stream()));
            quote_spanned!(span=> move || -> #boxed #body)
        }
        Skin::Opaque => {
            let body = body(cached, None, None);
            quote_spanned!(span=> move || #body)
        }
    };
    let probed = probe(cached).is_some();
    if probed && !cached.func.is_async() {
        let instance = instance(cached);
        return quote_spanned!(span=> #private::call_of(#site, __larder_probe, #instance, || #how, #run));
    }
    let plan = if probed {
        let instance = plan::instance(cached).map(|instance| quote!(.instance(#instance)));
        quote!(#private::Plan::of(__larder_probe) #instance)
    } else {
        quote!(__larder_plan)
    };
    if !cached.func.is_async() {
        let call = if cached.args.tags.is_empty() { quote!(call) } else { quote!(call_tagged) };
        return quote_spanned!(span=> #private::#call(#site, &mut #plan, &#how, #run));
    }
    quote_spanned! {span=>
        (&&#private::Returns::<#result>::new()).larder_call_async(#site, #plan, #how, #run).await
    }
}

/// The statements of the user, in braces of their own: a block inside of braces would be called unnecessary.
///
/// As in every function, the arguments are dropped behind all else, the last one first: also behind what the last
/// expression leaves, which in a block lives longer than the block's variables (before edition 2024). So the result is a
/// variable of its own, where there is an argument that can be dropped or borrowed from.
fn body(cached: &Cached, first: Option<&TokenStream>, result: Option<&TokenStream>) -> TokenStream {
    let taken: Vec<TokenStream> = cached.func.args.iter().filter_map(taken).collect();
    let Item { statements, .. } = &cached.func.item;
    if taken.is_empty() {
        let block = cached.func.item.block(quote!(#first #statements));
        return quote!(#block);
    }
    let mut block = cached.func.item.block(statements.clone());
    block.set_span(Span::call_site().located_at(block.span()));
    let typed = result.map(|result| quote!(: #result));
    quote!({
        #first
        #(#taken)*
        // A body that never ends is no mistake.
        #[allow(clippy::diverging_sub_expression)]
        let __larder_result #typed = #block;
        #[allow(unreachable_code)]
        return __larder_result;
    })
}

/// Moves an argument into the body, and takes its pattern apart. A copy needs no moving.
fn taken(arg: &Arg) -> Option<TokenStream> {
    if arg.is_receiver() {
        return None;
    }
    let (name, pattern) = (&arg.name, arg.pattern());
    let whole = match arg.is_lent_mutably() {
        true => Some(quote!(let mut #name = #name;)),
        false if arg.is_copy() || pattern.is_some_and(|_| arg.lent_pattern().is_none()) => None,
        // The name is the user's, and so would lints take the statement to be.
        false if name.to_string().starts_with('_') => Some(quote! {
            #[allow(unused_variables, clippy::shadow_same, clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]
            let #name = #name;
        }),
        false => Some(quote!(#[allow(unused_variables, clippy::shadow_same)] let #name = #name;)),
    };
    let parts = pattern.map(|pattern| {
        let lints = arg.attrs.iter().filter(|attribute| is_lint(attribute));
        quote!(#(#lints)* let #pattern = #name;)
    });
    (whole.is_some() || parts.is_some()).then(|| quote!(#whole #parts))
}
