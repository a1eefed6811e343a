//! The second stage: the function, taken apart.
//!
//! Everything is read from tokens, so a type is only what is written: an alias of `Result` is not seen to be one.
//! Whatever depends on real types is chosen by the compiler in the generated code.

mod arg;
mod item;
mod output;
mod skin;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, GenericParam, Generics, Ident, Signature, Type, TypeParamBound, WherePredicate};

pub(crate) use arg::{Arg, Form, PRIMITIVES, plain};
pub(crate) use item::Item;
pub(crate) use output::{Output, Shape, has_references};
pub(crate) use skin::Skin;

use crate::names::{idents, type_mentions};

/// The annotated function.
pub(crate) struct Func {
    pub(crate) item: Item,
    /// In order; a receiver is the first.
    pub(crate) args: Vec<Arg>,
    pub(crate) output: Output,
}

impl Func {
    /// The function in `tokens`, or what is wrong with putting the attribute there.
    pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        let item: Item = syn::parse2(tokens.clone()).map_err(|error| not_a_function(tokens, error))?;
        let args = item.sig.inputs.iter().enumerate().map(|(index, input)| Arg::new(index, input)).collect();
        let output = Output::new(&item.sig);
        Ok(Self { item, args, output })
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.item.sig.ident
    }

    pub(crate) fn is_async(&self) -> bool {
        !matches!(self.output.skin, Skin::Sync)
    }

    pub(crate) fn has_receiver(&self) -> bool {
        self.args.first().is_some_and(Arg::is_receiver)
    }

    /// Whether `Self` is in its signature, which only an associated function can have.
    pub(crate) fn names_self(&self) -> bool {
        idents(self.item.sig.to_token_stream()).iter().any(|ident| ident == "Self")
    }

    /// The names of its type and const parameters.
    pub(crate) fn params(&self) -> Vec<Ident> {
        let params = self.item.sig.generics.params.iter();
        params
            .filter_map(|param| match param {
                GenericParam::Lifetime(_) => None,
                GenericParam::Type(param) => Some(param.ident.clone()),
                GenericParam::Const(param) => Some(param.ident.clone()),
            })
            .collect()
    }

    /// Whether it has instances, one for each choice of types.
    pub(crate) fn is_generic(&self) -> bool {
        !self.params().is_empty() || self.args.iter().any(Arg::is_impl_trait)
    }

    /// Whether its result mentions a type parameter that is not written to be `'static`.
    pub(crate) fn result_may_borrow(&self) -> bool {
        let generics = &self.item.sig.generics;
        let types = generics.type_params().filter(|param| !has_static(&param.bounds));
        let wheres = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let written: Vec<&Type> = wheres.filter_map(static_predicate).collect();
        let open: Vec<Ident> = types
            .map(|param| param.ident.clone())
            .filter(|name| !written.iter().any(|ty| matches!(plain(ty), Type::Path(path) if path.path.is_ident(name))))
            .collect();
        type_mentions(&self.output.ty, &open)
    }

    /// Its attributes of one kind.
    pub(crate) fn attributes<'a>(&'a self, kinds: &'a [&'a str]) -> impl Iterator<Item = &'a Attribute> {
        self.item.attrs.iter().filter(|attribute| kinds.iter().any(|kind| attribute.path().is_ident(kind)))
    }

    /// Further attributes `#[cached]`.
    pub(crate) fn cached_again(&self) -> impl Iterator<Item = &Attribute> {
        let is_cached = |path: &syn::Path| path.segments.last().is_some_and(|segment| segment.ident == "cached");
        self.item.attrs.iter().filter(move |attribute| is_cached(attribute.path()))
    }

    /// The last token in front of the body or of the `where`.
    pub(crate) fn end(&self) -> Span {
        let Signature { generics, .. } = &self.item.sig;
        let mut signature = self.item.sig.clone();
        signature.generics = Generics { where_clause: None, ..generics.clone() };
        signature.to_token_stream().into_iter().last().map_or_else(Span::call_site, |token| token.span())
    }
}

fn has_static<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> bool {
    let is_static =
        |bound: &TypeParamBound| matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static");
    bounds.into_iter().any(is_static)
}

/// `T` of `where T: 'static`.
fn static_predicate(predicate: &WherePredicate) -> Option<&Type> {
    match predicate {
        WherePredicate::Type(typed) if has_static(&typed.bounds) => Some(&typed.bounded_ty),
        _ => None,
    }
}

/// What the attribute was put on instead, or the syntax error.
fn not_a_function(tokens: TokenStream, error: syn::Error) -> syn::Error {
    let (mut last, mut after) = (Span::call_site(), String::new());
    for token in tokens {
        last = token.span();
        let word = token.to_string();
        let Some((what, remedy)) = (match &token {
            TokenTree::Ident(_) if word == "fn" => break,
            TokenTree::Ident(_) => kind_of_item(&word, &after),
            TokenTree::Group(group) if after == "extern" && group.delimiter() == Delimiter::Brace => {
                Some(("an `extern` block", "put it on a function that calls one of these"))
            }
            TokenTree::Punct(_) if word == "!" => Some(("the call of a macro", "put it on the function inside")),
            TokenTree::Punct(_) if word == "|" => Some(("a closure", "write it as a function")),
            _ => None,
        }) else {
            // `"C"` does not count.
            after = if matches!(token, TokenTree::Ident(_)) { word } else { after };
            continue;
        };
        return syn::Error::new(last, format!("`#[cached]` is for functions, and this is {what}: {remedy}"));
    }
    match last {
        span if error.to_string().contains("expected curly braces") => {
            let message =
                "this function has no body to run: put `#[cached]` on one that has, such as the function of an impl";
            syn::Error::new(span, message)
        }
        _ => error,
    }
}

/// What an item is that begins with `word`, and where the attribute is to be put instead.
fn kind_of_item(word: &str, after: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "impl" => ("an `impl` block", "put it on the functions inside"),
        "trait" => ("a trait", "put it on the functions of its impls, or on those with a default body"),
        "mod" => ("a module", "put it on the functions inside"),
        "struct" | "enum" | "union" | "type" => ("a type", "put it on a function that gives one"),
        "static" | "let" => ("a variable", "put it on the function that computes the value"),
        "macro_rules" => ("a macro", "put it on the function inside"),
        "use" | "crate" => ("an import", "put it on the function itself, where it is written"),
        "safe" => ("a foreign function", "put it on a function that calls it"),
        "unsafe" | "async" | "extern" => return None,
        _ if after == "const" => ("a constant", "put it on the function that computes the value"),
        _ => return None,
    })
}
