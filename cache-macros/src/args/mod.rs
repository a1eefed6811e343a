//! The first stage: what the attribute says. Everything that can be told without the function is checked here.

mod elsewhere;
mod ttl;
mod value;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

pub(crate) use ttl::Ttl;
use value::{Entry, Value, as_text};

use crate::errors::Errors;
use crate::nearest::{list, nearest};
use crate::template::Template;

/// All attributes that there are.
const KNOWN: [&str; 14] = [
    "handler",
    "ttl",
    "key",
    "skip",
    "name",
    "version",
    "tags",
    "cache_if",
    "cache_err",
    "cache_none",
    "bypass",
    "refresh",
    "companions",
    "crate",
];

/// `#[cached(…)]`, read.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) handler: Option<LitStr>,
    pub(crate) ttl: Option<Ttl>,
    pub(crate) key: Option<Key>,
    pub(crate) skip: Vec<Ident>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<u32>,
    pub(crate) tags: Vec<Template>,
    pub(crate) cache_if: Option<Expr>,
    pub(crate) cache_err: Option<Span>,
    pub(crate) cache_none: Option<Span>,
    pub(crate) bypass: Option<Expr>,
    pub(crate) refresh: Option<Expr>,
    pub(crate) companions: Option<Companions>,
    pub(crate) krate: Option<Path>,
}

/// `key = …`.
pub(crate) enum Key {
    Template(Template),
    Expr(Expr),
}

/// `companions`, `companions = false`, `companions = "name"`.
pub(crate) enum Companions {
    On(Span),
    Off,
    Named(Ident),
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for entry in Entry::all(tokens, errors) {
            let name = entry.name.to_string();
            if seen.contains(&name) {
                errors.at(entry.span(), format!("`{name}` is given twice: write it once"));
                continue;
            }
            if let Err(error) = args.take(&name, &entry, errors) {
                errors.push(error);
            }
            seen.push(name);
        }
        args
    }

    fn take(&mut self, name: &str, entry: &Entry, errors: &mut Errors) -> syn::Result<()> {
        match name {
            "handler" => self.handler = Some(entry.text("handler = \"ram\"")?),
            "ttl" => self.ttl = Some(Ttl::parse(entry)?),
            "key" => self.key = Some(key(entry)?),
            "skip" => self.skip = skip(entry, errors)?,
            "name" => self.name = Some(entry.text("name = \"users\"")?),
            "version" => self.version = Some(version(entry)?),
            "tags" => self.tags = tags(entry, errors)?,
            "cache_if" => self.cache_if = Some(entry.expr("cache_if = |value| …")?),
            "cache_err" => self.cache_err = Some(entry.flag()?),
            "cache_none" => self.cache_none = Some(entry.flag()?),
            "bypass" => self.bypass = Some(entry.expr("bypass = EXPRESSION")?),
            "refresh" => self.refresh = Some(entry.expr("refresh = EXPRESSION")?),
            "companions" => self.companions = Some(companions(entry)?),
            "crate" => self.krate = Some(krate(entry)?),
            _ => return Err(syn::Error::new(entry.span(), unknown(name))),
        }
        Ok(())
    }
}

fn unknown(name: &str) -> String {
    if let Some(instead) = elsewhere::instead_of(name) {
        return format!("`{name}` is no attribute of `cached`: {instead}");
    }
    match nearest(name, KNOWN) {
        Some(known) => format!("`{name}` is no attribute of `cached`: did you mean `{known}`?"),
        None => format!("`{name}` is no attribute of `cached`: there are {}", list(KNOWN)),
    }
}

fn key(entry: &Entry) -> syn::Result<Key> {
    const FORM: &str = "key = \"user:{id}\"`, or with an expression as `key = (a, b)";
    let value = entry.expr(FORM)?;
    match as_text(&value) {
        Some(_) => Template::parse(&entry.text(FORM)?).map(Key::Template),
        None => Ok(Key::Expr(value)),
    }
}

fn skip(entry: &Entry, errors: &mut Errors) -> syn::Result<Vec<Ident>> {
    let Value::List(tokens) = &entry.value else {
        return entry.wrong("skip(argument, other)");
    };
    if tokens.is_empty() {
        return Err(syn::Error::new(entry.span(), "`skip` names no argument: write `skip(argument)`, or leave it out"));
    }
    let mut names: Vec<Ident> = Vec::new();
    for name in skipped(tokens.clone())? {
        if names.contains(&name) {
            errors.at(name.span(), format!("`{name}` is skipped twice: write it once"));
        } else {
            names.push(name);
        }
    }
    Ok(names)
}

/// The names in `skip(db, self, _)`.
fn skipped(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    let name = |input: ParseStream<'_>| {
        let name =
            if input.peek(Token![_]) { input.parse::<Token![_]>().map(Ident::from) } else { Ident::parse_any(input) };
        name.map_err(|error| {
            syn::Error::new(error.span(), "`skip` takes the names of arguments: write `skip(db, self)`")
        })
    };
    let names = |input: ParseStream<'_>| Punctuated::<Ident, Token![,]>::parse_terminated_with(input, name);
    Ok(names.parse2(tokens)?.into_iter().collect())
}

fn version(entry: &Entry) -> syn::Result<u32> {
    match &entry.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => number.base10_parse(),
        _ => entry.wrong("version = 2"),
    }
}

/// One string, or several in brackets.
fn tags(entry: &Entry, errors: &mut Errors) -> syn::Result<Vec<Template>> {
    const FORM: &str = "tags = [\"users\", \"team:{team}\"]";
    let value = entry.expr(FORM)?;
    let tags: Vec<&Expr> = match &value {
        Expr::Array(array) => array.elems.iter().collect(),
        one => vec![one],
    };
    let mut templates = Vec::new();
    for tag in tags {
        match as_text(tag) {
            None => errors.on(tag, format!("a tag is a string literal: write `{FORM}`")),
            Some(text) if text.value().is_empty() => errors.on(text, "a tag is empty: leave it out"),
            Some(text) => templates.extend(errors.keep(Template::parse(text))),
        }
    }
    Ok(templates)
}

fn companions(entry: &Entry) -> syn::Result<Companions> {
    const FORM: &str = "companions`, `companions = false` or `companions = \"name\"";
    if let Value::Nothing = entry.value {
        return Ok(Companions::On(entry.span()));
    }
    if let Some(on) = entry.bool() {
        return Ok(if on.value { Companions::On(on.span) } else { Companions::Off });
    }
    let name = entry.text(FORM)?;
    let ident = name.parse::<Ident>();
    let fail = |_| syn::Error::new(name.span(), "this is no name that a type can have: write an identifier");
    ident.map(Companions::Named).map_err(fail)
}

fn krate(entry: &Entry) -> syn::Result<Path> {
    match &entry.value {
        Value::Is(Expr::Path(path)) if path.qself.is_none() => Ok(path.path.clone()),
        _ => entry.wrong("crate = path::to::larder"),
    }
}
