//! Templates: the string literals of `key` and `tags`, split into literal parts and fields.
//!
//! A template is read as `format!` reads one, but a field is an expression over the arguments (`{user.id}`), and the
//! parts are needed one by one: a handler of bytes joins them into a readable key in which no field can pass for a
//! literal part.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::{Expr, LitStr};

/// A literal, taken apart.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) literal: LitStr,
    /// One more than there are fields.
    pub(crate) parts: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

/// `{user.id:>5}`.
#[derive(Clone)]
pub(crate) struct Field {
    /// `user.id`, with the spans of the whole literal: stable Rust has none inside of it.
    pub(crate) value: Expr,
    /// `:>5`, or nothing.
    spec: String,
}

impl Template {
    pub(crate) fn parse(literal: &LitStr) -> syn::Result<Self> {
        let fail = |message: String| syn::Error::new(literal.span(), message);
        let (parts, raw) = split(&literal.value()).map_err(fail)?;
        let fields = raw.iter().map(|raw| Field::parse(raw, literal)).collect::<syn::Result<_>>()?;
        Ok(Self { literal: literal.clone(), parts, fields })
    }

    /// `::core::format_args!("team:{}", team)`.
    pub(crate) fn format_args(&self) -> TokenStream {
        let mut text = String::new();
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                text += &format!("{{{}}}", self.fields[index - 1].spec);
            }
            text += &part.replace('{', "{{").replace('}', "}}");
        }
        let text = Literal::string(&text);
        let values = self.fields.iter().map(|field| &field.value);
        quote_spanned!(self.literal.span()=> ::core::format_args!(#text #(, #values)*))
    }
}

impl Field {
    fn parse(raw: &str, literal: &LitStr) -> syn::Result<Self> {
        let fail = |message: String| Err(syn::Error::new(literal.span(), message));
        let (value, spec) = raw.split_at(end_of_value(raw));
        if value.trim().is_empty() || value.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            return fail(format!("the field `{{{raw}}}` names no argument: write it as `{{argument}}`"));
        }
        if spec.contains('$') {
            return fail(format!("the field `{{{raw}}}` takes its width from another value: write the number"));
        }
        if spec.contains(".*") {
            return fail(format!("the field `{{{raw}}}` takes its precision from another value: write the number"));
        }
        let kind = spec.trim_end_matches(|c: char| c.is_alphabetic() || c == '?');
        match &spec[kind.len()..] {
            "" | "?" | "x?" | "X?" | "x" | "X" | "o" | "b" | "e" | "E" => {}
            "p" => return fail(format!("the field `{{{raw}}}` is an address, which is no key: write `{{{value}}}`")),
            kind => {
                return fail(format!(
                    "the field `{{{raw}}}` has a format `{kind}`, which there is not: write `{{{value}}}`, or `{{{value}:?}}`"
                ));
            }
        }
        let text = LitStr::new(value, literal.span());
        let Ok(value) = text.parse::<Expr>() else {
            return fail(format!("`{{{raw}}}` is no field: write an argument or a field of one, as in `{{user.id}}`"));
        };
        Ok(Self { value, spec: spec.to_owned() })
    }

    /// `::core::format_args!("{}", team)`.
    pub(crate) fn format_args(&self) -> TokenStream {
        let (mut text, value) = (Literal::string(&format!("{{{}}}", self.spec)), &self.value);
        let span = value.span();
        text.set_span(span);
        quote_spanned!(span=> ::core::format_args!(#text, #value))
    }
}

/// Where the value of a field ends: at its first single colon.
fn end_of_value(raw: &str) -> usize {
    let bytes = raw.as_bytes();
    let is_colon = |at: usize| bytes.get(at) == Some(&b':');
    let mut at = 0;
    while at < bytes.len() {
        match (is_colon(at), is_colon(at + 1)) {
            (true, true) => at += 2,
            (true, false) => return at,
            _ => at += 1,
        }
    }
    raw.len()
}

/// The literal parts, with `{{` and `}}` as one brace, and what stands between the braces of the fields.
fn split(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut parts, mut fields) = (vec![String::new()], Vec::new());
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        let doubled = chars.peek() == Some(&next);
        match next {
            '{' | '}' if doubled => {
                chars.next();
                push(&mut parts, next);
            }
            '{' => {
                let mut field = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some('{') | None => {
                            return Err("a `{` is not closed; a brace itself is written `{{`".to_owned());
                        }
                        Some(other) => field.push(other),
                    }
                }
                fields.push(field);
                parts.push(String::new());
            }
            '}' => return Err("a `}` closes nothing; a brace itself is written `}}`".to_owned()),
            other => push(&mut parts, other),
        }
    }
    Ok((parts, fields))
}

fn push(parts: &mut [String], next: char) {
    if let Some(last) = parts.last_mut() {
        last.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;
    use quote::ToTokens;

    fn parse(text: &str) -> syn::Result<Template> {
        Template::parse(&LitStr::new(text, Span::call_site()))
    }

    fn fields(text: &str) -> Vec<(String, String)> {
        let template = parse(text).unwrap();
        template.fields.iter().map(|f| (f.value.to_token_stream().to_string(), f.spec.clone())).collect()
    }

    #[test]
    fn a_template_is_literal_parts_around_fields() {
        let template = parse("user:{team}:{id}").unwrap();
        assert_eq!(template.parts, ["user:", ":", ""]);
        assert_eq!(template.fields.len(), 2);
        assert_eq!(parse("users").unwrap().parts, ["users"]);
    }

    #[test]
    fn doubled_braces_are_braces() {
        assert_eq!(parse("{{{id}}}{{}}").unwrap().parts, ["{", "}{}"]);
        let text = parse("{{{id}}}").unwrap().format_args().to_string();
        assert!(text.contains(r#""{{{}}}""#), "{text}");
    }

    #[test]
    fn fields_are_expressions_with_a_format() {
        assert_eq!(fields("{user.id}"), [("user . id".to_owned(), String::new())]);
        assert_eq!(fields("{pair.0:>5}"), [("pair . 0".to_owned(), ":>5".to_owned())]);
        assert_eq!(fields("{id:a>5}{id:08.3}{id:#x}").len(), 3);
        assert_eq!(fields("{kind:?}"), [("kind".to_owned(), ":?".to_owned())]);
        assert_eq!(fields("{Kind::of(id):?}"), [("Kind :: of (id)".to_owned(), ":?".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("{id", "not closed"),
            ("{a{b}}", "not closed"),
            ("id}", "closes nothing"),
            ("{}", "names no argument"),
            ("{0}", "names no argument"),
            ("{:?}", "names no argument"),
            ("{id:width$}", "width"),
            ("{id:.*}", "precision"),
            ("{id:y}", "format `y`"),
            ("{id:p}", "address"),
            ("{a b}", "is no field"),
        ] {
            let problem = parse(text).err().unwrap().to_string();
            assert!(problem.contains(part), "{text}: {problem}");
        }
    }
}
