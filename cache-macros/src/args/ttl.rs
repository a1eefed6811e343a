//! `ttl = …`.

use std::time::Duration;

use syn::{Expr, ExprLit, ExprUnary, Lit, LitInt, LitStr, UnOp};

use super::value::{Entry, as_text, is_constant, of_the_result};
use crate::duration::{self, FORMS};

/// How long a result is fresh.
pub(crate) enum Ttl {
    For(Duration),
    Forever,
    /// Anything that converts.
    Expr(Expr),
    /// A function of the result. Only a closure is one: a path is a value.
    OfResult(Expr),
}

impl Ttl {
    pub(super) fn parse(entry: &Entry) -> syn::Result<Self> {
        let value = entry.expr("ttl = 30`, `ttl = \"1h30m\"`, `ttl = EXPRESSION` or `ttl = |value| EXPRESSION")?;
        Self::read(value)
    }

    fn read(value: Expr) -> syn::Result<Self> {
        if let Some(text) = as_text(&value) {
            return string(text);
        }
        match value {
            Expr::Group(group) => Self::read(*group.expr),
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => seconds(&number),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), ref expr, .. }) if matches!(**expr, Expr::Lit(_)) => {
                Err(syn::Error::new_spanned(value, format!("a time to live cannot be negative: {FORMS}")))
            }
            Expr::Lit(ExprLit { ref lit, .. }) => {
                let problem = match lit {
                    Lit::Float(_) => "a time to live is not a number with a fraction",
                    _ => "this is no time to live",
                };
                Err(syn::Error::new_spanned(value, format!("{problem}: {FORMS}")))
            }
            Expr::Closure(ref closure) => {
                of_the_result(closure, "ttl = |value| EXPRESSION")?;
                Ok(Self::OfResult(value))
            }
            value if is_constant(&value) => {
                Err(syn::Error::new_spanned(value, format!("this is no time to live: {FORMS}")))
            }
            value => Ok(Self::Expr(value)),
        }
    }
}

fn seconds(number: &LitInt) -> syn::Result<Ttl> {
    let seconds = number
        .base10_parse()
        .map_err(|_| syn::Error::new(number.span(), format!("this is longer than can be counted: {FORMS}")))?;
    // `30s` and `5m` arrive as numbers with a suffix.
    match number.suffix() {
        "" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => Ok(Ttl::For(Duration::from_secs(seconds))),
        _ => Err(syn::Error::new(number.span(), format!("`{number}` is no number: {FORMS}"))),
    }
}

fn string(text: &LitStr) -> syn::Result<Ttl> {
    match duration::parse(&text.value()) {
        Ok(duration::Span::For(duration)) => Ok(Ttl::For(duration)),
        Ok(duration::Span::Forever) => Ok(Ttl::Forever),
        Err(_) if text.value().trim().is_empty() => {
            Err(syn::Error::new(text.span(), format!("this duration is empty: {FORMS}")))
        }
        Err(problem) => {
            Err(syn::Error::new(text.span(), format!("`{}` is no duration ({problem}): {FORMS}", text.value())))
        }
    }
}
