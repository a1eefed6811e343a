//! `single_flight = …`.

use proc_macro2::Span;
use syn::{Expr, LitStr};

use super::value::{Entry, Value};
use crate::nearest::{list, nearest};

const FORM: &str = "single_flight = \"process\"`, `single_flight = \"shared\"` or `single_flight = \"off\"";

/// All values that there are, with the names that generated code has for them.
const KNOWN: [(&str, &str); 3] = [("process", "Process"), ("shared", "Shared"), ("off", "Off")];

/// Who shares one run of a key.
pub(crate) struct SingleFlight {
    /// A variant of `larder::private::SingleFlight`.
    pub(crate) variant: &'static str,
    pub(crate) literal: LitStr,
}

impl SingleFlight {
    /// One of the three strings.
    pub(super) fn parse(entry: &Entry) -> syn::Result<Self> {
        if let Some(name) = unquoted(entry) {
            return entry.wrong(&format!("single_flight = \"{name}\""));
        }
        let literal = entry.text(FORM)?;
        let text = literal.value();
        match KNOWN.iter().find(|(name, _)| *name == text) {
            Some((_, variant)) => Ok(Self { variant, literal }),
            None => Err(syn::Error::new(literal.span(), unknown(&text))),
        }
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.variant == "Shared"
    }

    pub(crate) fn span(&self) -> Span {
        self.literal.span()
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(name, _)| *name)
}

/// The value that is meant by a name without quotes.
fn unquoted(entry: &Entry) -> Option<&'static str> {
    let Value::Is(Expr::Path(path)) = &entry.value else { return None };
    nearest(&path.path.get_ident()?.to_string(), names())
}

fn unknown(text: &str) -> String {
    let quoted = KNOWN.map(|(name, _)| format!("\"{name}\""));
    match nearest(text, names()) {
        Some(near) => format!("`\"{text}\"` is no value for `single_flight`: did you mean `\"{near}\"`?"),
        None => {
            format!("`\"{text}\"` is no value for `single_flight`: there are {}", list(quoted.iter().map(|s| &**s)))
        }
    }
}
