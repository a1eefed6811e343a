//! One entry of the attribute: a name, and what is written after it.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, ExprLit, Ident, Lit, LitBool, LitStr, Token, token};

use crate::errors::Errors;

/// `name`, `name = value` or `name(list)`.
pub(super) struct Entry {
    pub(super) name: Ident,
    pub(super) value: Value,
}

pub(super) enum Value {
    Nothing,
    Is(Expr),
    List(TokenStream),
}

impl Entry {
    /// All entries of an attribute; what cannot be read is noted and skipped up to the next comma.
    pub(super) fn all(tokens: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let parser = |input: ParseStream<'_>| {
            let mut entries = Vec::new();
            while !input.is_empty() {
                match Self::parse(input) {
                    Ok(entry) if input.is_empty() || input.peek(Token![,]) => entries.push(entry),
                    Ok(entry) => {
                        errors.at(
                            input.span(),
                            format!("unexpected here: write a comma after the value of `{}`", entry.name),
                        );
                    }
                    Err(error) => errors.push(error),
                }
                skip_to_comma(input);
            }
            Ok(entries)
        };
        // It never fails: it reads everything, and notes the errors itself.
        parser.parse2(tokens).unwrap_or_default()
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let Ok(name) = input.call(Ident::parse_any) else {
            return Err(input.error("expected the name of an attribute, such as `ttl = 30` or `skip(db)`"));
        };
        let value = if input.peek(Token![=]) {
            let equals: Token![=] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(syn::Error::new(equals.span, format!("`{name}` has no value: write it after the `=`")));
            }
            Value::Is(input.parse()?)
        } else if input.peek(token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            Value::List(list.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Self { name, value })
    }
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            return;
        }
        // Cannot fail: there is a token.
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}

impl Entry {
    pub(super) fn span(&self) -> Span {
        self.name.span()
    }

    /// The kind of value is wrong: `form` is how it is written.
    pub(super) fn wrong<T>(&self, form: &str) -> syn::Result<T> {
        let message = format!("this is no value for `{}`: write `{form}`", self.name);
        Err(match &self.value {
            Value::Is(value) => syn::Error::new_spanned(value, message),
            Value::Nothing => syn::Error::new(self.span(), format!("`{}` needs a value: write `{form}`", self.name)),
            Value::List(_) => syn::Error::new(self.span(), message),
        })
    }

    pub(super) fn flag(&self) -> syn::Result<Span> {
        match &self.value {
            Value::Nothing => Ok(self.span()),
            Value::Is(value) => Err(syn::Error::new_spanned(
                value,
                format!("`{0}` takes no value: write `{0}` alone, or leave it out", self.name),
            )),
            Value::List(_) => self.wrong(&self.name.to_string()),
        }
    }

    pub(super) fn expr(&self, form: &str) -> syn::Result<Expr> {
        match &self.value {
            Value::Is(value) => Ok(value.clone()),
            _ => self.wrong(form),
        }
    }

    /// A string literal that is not empty.
    pub(super) fn text(&self, form: &str) -> syn::Result<LitStr> {
        let Value::Is(value) = &self.value else {
            return self.wrong(form);
        };
        let Some(text) = as_text(value) else {
            return self.wrong(form);
        };
        if text.value().is_empty() {
            return Err(syn::Error::new(text.span(), format!("`{}` is empty: write `{form}`", self.name)));
        }
        Ok(text.clone())
    }

    pub(super) fn bool(&self) -> Option<&LitBool> {
        match &self.value {
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Bool(bool), .. })) => Some(bool),
            _ => None,
        }
    }
}

/// The string literal that `value` is. One that comes out of `macro_rules!` stands in an invisible group.
pub(super) fn as_text(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        Expr::Group(group) => as_text(&group.expr),
        _ => None,
    }
}
