//! The plan of a call: its key, its tags, and a time to live that depends on the arguments.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Receiver, ReceiverKind, Type, TypeReference};

use crate::args::{Key, Ttl};
use crate::func::{Arg, Form, plain};
use crate::names::Names;
use crate::validate::Cached;

/// How the arguments are at hand where the key is recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// As references, in the function of their own that a function with companions has.
    Lent,
    /// As themselves, in the body.
    Owned,
}

/// The hidden function that makes the plan, for the shim and the companions.
///
/// Input:
/// ```ignore
/// #[cached(key = "user:{team}:{id}", tags = ["team:{team}"], skip(db))]
/// async fn user(db: &Db, team: &str, id: u64) -> Result<User, DbError> { … }
/// ```
///
/// Output:
/// ```ignore
/// fn __larder_plan(team: &&str, id: &u64) -> ::larder::private::Plan {
///     let team = *team;
///     let id = *id;
///     let mut __larder_key = ::larder::private::Recorder::new();
///     ::larder::private::Recorder::display(&mut __larder_key, ::core::format_args!("{}", team));
///     ::larder::private::Recorder::display(&mut __larder_key, ::core::format_args!("{}", id));
///     ::larder::private::Plan::new(__larder_key).tag(::core::format_args!("team:{}", team))
/// }
/// ```
pub(super) fn function(cached: &Cached, name: &Ident) -> TokenStream {
    let private = cached.private();
    let params: Vec<TokenStream> = in_key(cached).map(lent_param).collect();
    let (generics, clause) = (cached.generics(&quote!(#(#params)*), None), &cached.func.item.sig.generics.where_clause);
    let levels = cached.levels();
    let plan = plan(cached, Hand::Lent);
    // Where the compiler would add a `where`: there it is seen in the user's function.
    let returned = Ident::new("Plan", Span::call_site().located_at(cached.func.end()));
    // References to whatever the arguments are, in which lints would see bad style; the names in a pattern, of which
    // the key may use some.
    quote! {
        #[doc(hidden)]
        #[allow(
            unused_variables,
            clippy::borrowed_box,
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::trivially_copy_pass_by_ref
        )]
        fn #name #generics(#(#params),*) -> #private::#returned #clause {
            #levels
            #plan
        }
    }
}

/// The call of that function, with the arguments by their names. In a companion, `self` is a reference already.
pub(super) fn call(cached: &Cached, companions: &Ident, in_companion: bool) -> TokenStream {
    let (path, turbofish) = (cached.hidden_path("plan", companions), cached.turbofish());
    let values = in_key(cached).map(|arg| {
        let (name, span) = (&arg.name, arg.span());
        match &arg.form {
            Form::Receiver(receiver) if in_companion || is_lent(receiver) => quote!(#name),
            _ => quote_spanned!(span=> &#name),
        }
    });
    quote!(#path #turbofish(#(#values),*))
}

/// The plan made in the body, for a function without companions.
pub(super) fn inline(cached: &Cached) -> TokenStream {
    let plan = plan(cached, Hand::Owned);
    quote! {{ #plan }}
}

/// Whether calls have to say which instance of generic code they are of.
fn is_instance(cached: &Cached) -> bool {
    cached.may_be_associated() || cached.func.is_generic()
}

/// The instance that a call is of, in a function without companions.
pub(super) fn instance(cached: &Cached) -> Option<TokenStream> {
    is_instance(cached).then(|| quote!(__larder_instance))
}

/// What names the instance in a function without companions: it is asked for it twice.
pub(super) fn here(cached: &Cached) -> Option<TokenStream> {
    let private = cached.private();
    is_instance(cached).then(|| quote!(let __larder_instance = #private::Instance::of(&|| ());))
}

/// The arguments that are in the key.
pub(super) fn in_key(cached: &Cached) -> impl Iterator<Item = &Arg> {
    cached.func.args.iter().filter(|arg| !arg.skipped)
}

/// `team: &&str`, `&self`, `self: &::std::sync::Arc<Self>`.
fn lent_param(arg: &Arg) -> TokenStream {
    let name = &arg.name;
    match &arg.form {
        Form::Receiver(receiver) => lent_receiver(receiver),
        Form::Typed(_, ty) => match plain(ty) {
            // `&impl A + B` would be read as `(&impl A) + B`.
            ty @ Type::ImplTrait(_) => quote!(#name: &(#ty)),
            ty => quote!(#name: &#ty),
        },
    }
}

/// A receiver by reference: whoever makes a key only looks.
pub(super) fn lent_receiver(receiver: &Receiver) -> TokenStream {
    let this = &receiver.self_token;
    match &receiver.kind {
        ReceiverKind::Value => quote!(&#this),
        ReceiverKind::Reference(and, lifetime, _) => quote!(#and #lifetime #this),
        ReceiverKind::Typed(_, ty) if let Some(reference) = this_mut(ty) => {
            let (and, lifetime) = (&reference.and_token, &reference.lifetime);
            quote!(#and #lifetime #this)
        }
        ReceiverKind::Typed(colon, ty) if is_lent(receiver) => quote!(#this #colon #ty),
        ReceiverKind::Typed(colon, ty) => quote!(#this #colon &#ty),
        // A form that this syntax tree does not know yet.
        _ => quote!(#receiver),
    }
}

/// Whether the method itself takes the receiver by reference, so that `repo.load_peek(7)` finds it as `repo.load(7)` does.
fn is_lent(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => {
            let is_shared = matches!(plain(ty), Type::Reference(reference) if reference.mutability.is_none());
            is_shared || this_mut(ty).is_some()
        }
        _ => false,
    }
}

/// `&mut Self`, the long form of `&mut self`.
fn this_mut(ty: &Type) -> Option<&TypeReference> {
    match plain(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            matches!(plain(&reference.elem), Type::Path(path) if path.path.is_ident("Self")).then_some(reference)
        }
        _ => None,
    }
}

/// A receiver as it was, but for a `mut`, which is the body's affair.
pub(super) fn bare_receiver(receiver: &Receiver) -> TokenStream {
    let bare = Receiver { attrs: Vec::new(), mutability: None, ..receiver.clone() };
    quote!(#bare)
}

/// The key as what it is looked for by, without a buffer: where its parts are numbers and texts. What bytes are recorded for a
/// function, and their hash, is said in one way everywhere, so this is asked wherever a key is made. `value` gives an argument
/// as a reference.
pub(super) fn key_of_parts(cached: &Cached, value: impl Fn(&Arg) -> TokenStream) -> Option<TokenStream> {
    let private = cached.private();
    if cached.args.key.is_some() || !in_key(cached).all(Arg::is_exact) {
        return None;
    }
    let bytes: Option<usize> = in_key(cached).map(Arg::bytes).sum();
    let is_words = bytes.is_some_and(|bytes| bytes <= 16);
    let form = if is_words { quote!(Words) } else { quote!(Parts) };
    let with = in_key(cached).map(|arg| {
        let (value, span) = (value(arg), arg.span());
        match arg.bytes().map(Literal::usize_unsuffixed) {
            Some(_) if is_words => quote_spanned!(span=> .with(#value)),
            Some(bytes) => quote_spanned!(span=> .number::<#bytes, _>(#value)),
            None => quote_spanned!(span=> .text(#value)),
        }
    });
    Some(quote!(#private::#form::new() #(#with)*))
}

/// The statements that make the key, and the plan as the last expression.
fn plan(cached: &Cached, hand: Hand) -> TokenStream {
    let private = cached.private();
    let named: Vec<Names> = cached.args.for_each_key().into_iter().map(|(value, _)| Names::of(value)).collect();
    let is_named = |arg: &&Arg| arg.bindings.iter().any(|name| named.iter().any(|names| names.mentions(name)));
    let prelude = in_key(cached).filter(is_named).map(|arg| name(arg, hand));
    // What it is after `name` was asked.
    let is_reference = |arg: &Arg| match (is_named(&arg), hand) {
        _ if arg.is_receiver() => false,
        (true, _) => !arg.is_copy(),
        (false, hand) => hand == Hand::Lent,
    };
    let reference = |arg: &Arg| {
        let name = &arg.name;
        if is_reference(arg) { quote!(#name) } else { quote_spanned!(arg.span()=> &#name) }
    };
    let instance = match hand {
        Hand::Lent => is_instance(cached).then(|| quote!(#private::Instance::of(&|| ()))),
        Hand::Owned => instance(cached),
    };
    let instance = instance.map(|instance| quote!(.instance(#instance)));
    let tags = cached.args.tags.iter().map(|tag| {
        let text = tag.format_args();
        quote!(.tag(#text))
    });
    let ttl = match &cached.args.ttl {
        Some(Ttl::Expr(value)) if cached.needs_call(value) => Some(quote!(.ttl(#value))),
        _ => None,
    };
    // Generated like the probe of the function itself: what is said of an argument there and here is then said once.
    let lent = |arg: &Arg| {
        let (name, value) = (&arg.name, reference(arg));
        if is_reference(arg) { quote_spanned!(arg.span()=> &*#name) } else { value }
    };
    let parts = key_of_parts(cached, lent);
    let made = match &parts {
        Some(parts) => quote!(#private::Plan::of(#parts)),
        None => quote!(#private::Plan::new(__larder_key)),
    };
    let records = parts.is_none().then(|| {
        let records = records(cached, &reference);
        let mutable = (!records.is_empty()).then(|| quote!(mut));
        quote! {
            let #mutable __larder_key = #private::Recorder::new();
            #(#records)*
        }
    });
    quote! {
        #(#prelude)*
        #records
        #made #instance #(#tags)* #ttl
    }
}

/// Gives an argument the names that expressions call it by: as a value where that is a copy, else as a reference, so
/// that no expression can move an argument out of the call.
fn name(arg: &Arg, hand: Hand) -> TokenStream {
    let (name, span) = (&arg.name, arg.span());
    if arg.is_receiver() {
        return TokenStream::new();
    }
    let again = match (hand, arg.is_copy()) {
        (Hand::Lent, true) => Some(quote_spanned!(span=> let #name = *#name;)),
        (Hand::Owned, false) => Some(quote_spanned!(span=> let #name = &#name;)),
        _ => None,
    };
    let parts = arg.lent_pattern().map(|pattern| quote!(#[allow(unused_variables)] let #pattern = #name;));
    quote!(#again #parts)
}

/// One statement for each part of the key.
fn records(cached: &Cached, reference: &dyn Fn(&Arg) -> TokenStream) -> Vec<TokenStream> {
    let private = cached.private();
    match &cached.args.key {
        None => in_key(cached)
            .map(|arg| {
                let value = reference(arg);
                match arg.is_exact() {
                    true => quote!(#private::Recorder::exact(&mut __larder_key, #value);),
                    false if arg.is_receiver() => record(cached, "larder_record_self", arg.span(), &value),
                    false => record(cached, "larder_record", arg.span(), &value),
                }
            })
            .collect(),
        Some(Key::Template(template)) => {
            let fields = template.fields.iter();
            fields
                .map(|field| {
                    let text = field.format_args();
                    quote!(#private::Recorder::display(&mut __larder_key, #text);)
                })
                .collect()
        }
        Some(Key::Expr(value)) => parts(value)
            .into_iter()
            .map(|part| record(cached, "larder_record_key", Span::call_site().located_at(part.span()), &lend(part)))
            .collect(),
    }
}

/// The parts of a tuple that is written as one: each is recorded the best way that its own type has.
fn parts(value: &Expr) -> Vec<&Expr> {
    match value {
        Expr::Paren(inner) => parts(&inner.expr),
        Expr::Group(inner) => parts(&inner.expr),
        Expr::Tuple(all) => all.elems.iter().flat_map(parts).collect(),
        value => vec![value],
    }
}

/// `&EXPR`, with parentheses where it needs them.
fn lend(value: &Expr) -> TokenStream {
    match value {
        Expr::Path(_)
        | Expr::Field(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Lit(_)
        | Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Macro(_)
        | Expr::Paren(_)
        | Expr::Reference(_)
        | Expr::Index(_) => quote!(&#value),
        _ => quote!(&(#value)),
    }
}

/// Records what `reference` points to, the best way that its type has.
fn record(cached: &Cached, how: &str, span: Span, reference: &TokenStream) -> TokenStream {
    let (private, how) = (cached.krate.private(span), Ident::new(how, span));
    quote_spanned!(span=> (&&&&#private::Argument(#reference)).#how(&mut __larder_key);)
}
