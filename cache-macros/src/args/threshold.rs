//! `threshold = …`.

use syn::{Expr, ExprLit, Lit, LitInt};

use super::value::{Entry, is_constant};

const FORM: &str = "threshold = 1000";

/// How many results the function keeps in memory at most: a number, or an expression that the compiler can evaluate.
pub(super) fn parse(entry: &Entry) -> syn::Result<Expr> {
    let value = entry.expr(FORM)?;
    match &value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if matches!(number.suffix(), "" | "usize") => {
            check(number).map(|()| value)
        }
        Expr::Closure(_) => entry.wrong(FORM),
        constant if is_constant(constant) => entry.wrong(FORM),
        _ => Ok(value),
    }
}

fn check(number: &LitInt) -> syn::Result<()> {
    let problem = match number.base10_parse::<usize>() {
        Ok(0) => format!("`threshold = 0` leaves no room for any result: write how many to keep, such as `{FORM}`"),
        Ok(_) => return Ok(()),
        Err(_) => format!("this is more than can be counted: write how many results to keep, such as `{FORM}`"),
    };
    Err(syn::Error::new(number.span(), problem))
}
