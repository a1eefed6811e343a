//! The first stage: what the attribute says. Everything that can be told without the function is checked here.

mod elsewhere;
mod single_flight;
mod threshold;
mod ttl;
mod value;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

pub(crate) use single_flight::SingleFlight;
pub(crate) use ttl::Ttl;
use value::{Entry, Value, as_text, is_constant, of_the_result, skip_to_comma};

use crate::errors::Errors;
use crate::nearest::{list, nearest};
use crate::template::Template;

/// All attributes that there are.
const KNOWN: [&str; 16] = [
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
    "single_flight",
    "threshold",
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
    pub(crate) single_flight: Option<SingleFlight>,
    pub(crate) threshold: Option<Expr>,
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
            "cache_if" => self.cache_if = Some(cache_if(entry)?),
            // Meant in any case, and `peek` gives another type then.
            "cache_err" => {
                self.cache_err = Some(entry.span());
                entry.flag()?;
            }
            "cache_none" => {
                self.cache_none = Some(entry.span());
                entry.flag()?;
            }
            "bypass" => self.bypass = Some(condition(entry, "bypass = CONDITION")?),
            "refresh" => self.refresh = Some(condition(entry, "refresh = CONDITION")?),
            "single_flight" => self.single_flight = Some(SingleFlight::parse(entry)?),
            "threshold" => self.threshold = Some(threshold::parse(entry)?),
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
    const FORM: &str = "key = \"user:{id}\"` or, with an expression, `key = (a, b)";
    let value = entry.expr(FORM)?;
    match &value {
        _ if as_text(&value).is_some() => Template::parse(&entry.text(FORM)?).map(Key::Template),
        // Numbers and the like would be one key for all calls. A tuple is made of arguments.
        Expr::Closure(_) | Expr::Lit(_) => entry.wrong(FORM),
        Expr::Unary(unary) if is_constant(&unary.expr) => entry.wrong(FORM),
        _ => Ok(Key::Expr(value)),
    }
}

fn skip(entry: &Entry, errors: &mut Errors) -> syn::Result<Vec<Ident>> {
    const FORM: &str = "skip(argument, other)";
    match &entry.value {
        Value::List(list) if list.stream().is_empty() => {
            let message = "`skip` names no argument: write `skip(argument)`, or leave it out";
            Err(syn::Error::new(list.span(), message))
        }
        Value::List(list) => Ok(skipped(list.stream(), errors)),
        // What is meant is clear enough for the companions.
        Value::Is(Expr::Path(path)) if path.path.get_ident().is_some() => {
            errors.push(entry.problem(FORM));
            Ok(path.path.get_ident().cloned().into_iter().collect())
        }
        Value::Is(value) if let Some(text) = as_text(value) => {
            errors.push(entry.problem(FORM));
            Ok(text.parse().into_iter().collect())
        }
        _ => entry.wrong(FORM),
    }
}

/// The names in `skip(db, self, _)`.
fn skipped(tokens: TokenStream, errors: &mut Errors) -> Vec<Ident> {
    const FORM: &str = "`skip` takes the names of arguments with commas between them: write `skip(db, self)`";
    let name = |input: ParseStream<'_>| {
        let is_wild = input.peek(Token![_]);
        let name = if is_wild { input.parse::<Token![_]>().map(Ident::from) } else { Ident::parse_any(input) };
        name.ok()
    };
    let mut names: Vec<Ident> = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match name(input) {
                Some(name) if names.contains(&name) => {
                    errors.at(name.span(), format!("`{name}` is skipped twice: write it once"));
                }
                Some(name) => names.push(name),
                // No name before a comma.
                None if input.peek(Token![,]) => errors.at(input.span(), FORM),
                // What is meant is clear enough.
                None if input.peek(Token![&]) || input.peek(LitStr) => {
                    errors.at(input.span(), FORM);
                    let text = input.parse::<LitStr>().and_then(|text| text.parse());
                    let reference = input.parse::<Token![&]>().ok().and_then(|_| name(input));
                    names.extend(text.ok().or(reference));
                }
                None => {}
            }
            if !input.is_empty() && !input.peek(Token![,]) {
                errors.at(input.span(), FORM);
            }
            skip_to_comma(input);
        }
        Ok(())
    };
    // It never fails: it reads everything, and notes the errors itself.
    let _ = parser.parse2(tokens);
    names
}

fn version(entry: &Entry) -> syn::Result<u32> {
    match &entry.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) if matches!(number.suffix(), "" | "u32") => {
            let message = format!("`version` goes up to {}: write a smaller number", u32::MAX);
            number.base10_parse().map_err(|_| syn::Error::new(number.span(), message))
        }
        _ => entry.wrong("version = 2"),
    }
}

fn cache_if(entry: &Entry) -> syn::Result<Expr> {
    const FORM: &str = "cache_if = |value| CONDITION";
    match entry.live(FORM)? {
        Expr::Lit(_) => entry.wrong(FORM),
        Expr::Closure(closure) => of_the_result(&closure, FORM).map(|()| Expr::Closure(closure)),
        value => Ok(value),
    }
}

/// Something that is true or false before the run.
fn condition(entry: &Entry, form: &str) -> syn::Result<Expr> {
    match entry.live(form)? {
        Expr::Closure(closure) => {
            let message = format!(
                "`{}` is no closure, since it is asked before there is a result: write `{form}`, which may use every \
                 argument",
                entry.name
            );
            Err(syn::Error::new_spanned(closure, message))
        }
        value => Ok(value),
    }
}

/// One string, or several in brackets.
fn tags(entry: &Entry, errors: &mut Errors) -> syn::Result<Vec<Template>> {
    const FORM: &str = "tags = [\"users\", \"team:{team}\"]";
    let value = entry.expr(FORM)?;
    let tags: Vec<&Expr> = match &value {
        Expr::Array(array) if array.elems.is_empty() => {
            return Err(syn::Error::new_spanned(array, format!("`tags` has no tag: write `{FORM}`, or leave it out")));
        }
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
    match &entry.value {
        Value::Nothing => return Ok(Companions::On(entry.span())),
        Value::Is(value) if as_text(value).is_none() && entry.bool().is_none() => return entry.wrong(FORM),
        _ => {}
    }
    if let Some(on) = entry.bool() {
        return Ok(if on.value { Companions::On(on.span) } else { Companions::Off });
    }
    let name = entry.text(FORM)?;
    let ident = name.parse::<Ident>();
    let fail = |_| {
        syn::Error::new(
            name.span(),
            "this is no name that a type can have: write one such as `companions = \"user_cache\"`",
        )
    };
    ident.map(Companions::Named).map_err(fail)
}

fn krate(entry: &Entry) -> syn::Result<Path> {
    match &entry.value {
        Value::Is(Expr::Path(path)) if path.qself.is_none() => Ok(path.path.clone()),
        _ => entry.wrong("crate = path::to::larder"),
    }
}
