//! One entry of the attribute: a name, and what is written after it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, ExprClosure, ExprLit, Ident, Lit, LitBool, LitStr, Token, token};

use crate::errors::Errors;

/// `name`, `name = value` or `name(list)`.
pub(super) struct Entry {
    pub(super) name: Ident,
    pub(super) value: Value,
}

pub(super) enum Value {
    Nothing,
    Is(Expr),
    List(Group),
    /// Nothing after the `=`, whose span it is.
    Missing(Span),
    /// What is no expression, or not yet.
    Broken(TokenStream),
}

impl Entry {
    /// All entries of an attribute; what cannot be read is noted and skipped up to the next comma.
    pub(super) fn all(tokens: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let parser = |input: ParseStream<'_>| {
            let mut entries = Vec::new();
            while !input.is_empty() {
                match Self::parse(input) {
                    Ok(entry) => {
                        if !input.is_empty() && !input.peek(Token![,]) {
                            errors.at(input.span(), format!("unexpected here: write a comma after {}", entry.end()));
                        }
                        entries.push(entry);
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
        if input.peek(Token![,]) {
            return Err(input.error("no attribute stands before this comma: write one, or leave the comma out"));
        }
        let Ok(name) = input.call(Ident::parse_any) else {
            return Err(input.error("expected the name of an attribute, such as `ttl = 30` or `skip(db)`"));
        };
        if let Some(problem) = no_value_follows(input, &name) {
            return Err(input.error(problem));
        }
        let value = if input.peek(Token![=]) {
            let equals: Token![=] = input.parse()?;
            Value::after(&equals, input)?
        } else if input.peek(token::Paren) {
            Value::List(input.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Self { name, value })
    }

    /// What a comma is missing after.
    fn end(&self) -> String {
        match &self.value {
            Value::Nothing => format!("`{}`", self.name),
            _ => format!("the value of `{}`", self.name),
        }
    }
}

impl Value {
    fn after(equals: &Token![=], input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self::Missing(equals.span));
        }
        match input.fork().parse::<Expr>() {
            Ok(_) => input.parse().map(|value| Self::Is(ungrouped(value))),
            // A half-typed expression ends at a comma, most likely.
            Err(_) => Ok(Self::Broken(take_to_comma(input))),
        }
    }
}

/// A value without the invisible groups that `macro_rules!` makes around what it hands on.
fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) if group.attrs.is_empty() => ungrouped(*group.expr),
        value => value,
    }
}

/// What is wrong after the name of an attribute, if it is neither an end nor the beginning of a value.
fn no_value_follows(input: ParseStream<'_>, name: &Ident) -> Option<String> {
    let not_equals = input.peek(Token![==]) || input.peek(Token![=>]) || input.peek(Token![:]) || input.peek(Lit);
    if input.peek(Token![::]) || input.peek(Token![.]) {
        return Some("an attribute is one word, without a path: write it alone, such as `ttl = 30`".to_owned());
    }
    if input.peek(token::Bracket) || input.peek(token::Brace) {
        let form = if name == "skip" { "skip(…)".to_owned() } else { format!("{name} = …") };
        return Some(format!("no brackets or braces follow `{name}`: write `{form}`"));
    }
    not_equals.then(|| format!("a value is written after a single `=`: write `{name} = …`"))
}

/// Skips the next comma, and what stands before it.
pub(super) fn skip_to_comma(input: ParseStream<'_>) {
    take_to_comma(input);
    let _ = input.parse::<Option<Token![,]>>();
}

fn take_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        // Cannot fail: there is a token.
        tokens.extend(input.parse::<TokenTree>());
    }
    tokens
}

impl Entry {
    pub(super) fn span(&self) -> Span {
        self.name.span()
    }

    /// The kind of value is wrong: `form` is how it is written.
    pub(super) fn wrong<T>(&self, form: &str) -> syn::Result<T> {
        Err(self.problem(form))
    }

    pub(super) fn problem(&self, form: &str) -> syn::Error {
        let name = &self.name;
        let message = format!("this is no value for `{name}`: write `{form}`");
        match &self.value {
            Value::Is(value) => syn::Error::new_spanned(value, message),
            Value::List(list) => syn::Error::new(list.span(), message),
            Value::Nothing => syn::Error::new(self.span(), format!("`{name}` needs a value: write `{form}`")),
            Value::Missing(equals) => syn::Error::new(*equals, format!("`{name}` has no value: write `{form}`")),
            Value::Broken(tokens) => {
                syn::Error::new_spanned(tokens, format!("the value of `{name}` is no whole expression: write `{form}`"))
            }
        }
    }

    /// That it has no value.
    pub(super) fn flag(&self) -> syn::Result<()> {
        let message = format!("`{0}` takes no value: write `{0}` alone, or leave it out", self.name);
        Err(match &self.value {
            Value::Nothing => return Ok(()),
            Value::Is(value) => syn::Error::new_spanned(value, message),
            Value::Broken(value) => syn::Error::new_spanned(value, message),
            Value::List(list) => syn::Error::new(list.span(), message),
            Value::Missing(equals) => syn::Error::new(*equals, message),
        })
    }

    pub(super) fn expr(&self, form: &str) -> syn::Result<Expr> {
        match &self.value {
            Value::Is(value) => Ok(value.clone()),
            _ => self.wrong(form),
        }
    }

    /// An expression that can be a condition or a function, which literals and lists cannot.
    pub(super) fn live(&self, form: &str) -> syn::Result<Expr> {
        let value = self.expr(form)?;
        match value {
            Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }) => Ok(value),
            ref value if is_constant(value) => self.wrong(form),
            value => Ok(value),
        }
    }

    /// A string literal that is not empty.
    pub(super) fn text(&self, form: &str) -> syn::Result<LitStr> {
        let Value::Is(value) = &self.value else {
            return self.wrong(form);
        };
        let Some(text) = as_text(value) else {
            let message = format!("`{}` takes a string literal: write `{form}`", self.name);
            return Err(syn::Error::new_spanned(value, message));
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

/// That a closure takes the result and nothing else.
pub(super) fn of_the_result(closure: &ExprClosure, form: &str) -> syn::Result<()> {
    let message = format!("this closure is given the result alone: write `{form}`");
    match closure.inputs.len() {
        1 => Ok(()),
        0 => Err(syn::Error::new_spanned(closure, message)),
        _ => Err(syn::Error::new_spanned(&closure.inputs, message)),
    }
}

/// Whether a value is written out: nothing in it is asked for.
pub(super) fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) | Expr::Array(_) | Expr::Tuple(_) | Expr::Repeat(_) => true,
        Expr::Unary(unary) => is_constant(&unary.expr),
        Expr::Group(group) => is_constant(&group.expr),
        _ => false,
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
