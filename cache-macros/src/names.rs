//! Which names an expression of the attribute uses: to tell what depends on an argument from what does not, and to
//! find names that are no argument.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ExprPath, Ident, Macro, PatIdent, Type};

/// The names that an expression uses, and those that it binds itself (a closure's arguments, say).
#[derive(Default)]
pub(crate) struct Names {
    used: Vec<Ident>,
    /// The first words of paths: `T` of `T::LEN`.
    prefixes: Vec<Ident>,
    bound: BTreeSet<String>,
}

impl Names {
    pub(crate) fn of(value: &Expr) -> Self {
        let mut names = Self::default();
        names.visit_expr(value);
        names
    }

    /// Every name it uses. A name that it also binds is counted, since it may be used outside of that binding.
    pub(crate) fn mentions(&self, name: &Ident) -> bool {
        self.used.iter().any(|used| used == name)
    }

    /// Whether it uses a type of this name, or a constant.
    pub(crate) fn mentions_type(&self, name: &Ident) -> bool {
        self.mentions(name) || self.prefixes.contains(name)
    }

    /// Where it uses a name, or a type of this name.
    pub(crate) fn mention(&self, name: &Ident) -> Option<&Ident> {
        self.used.iter().chain(&self.prefixes).find(|used| *used == name)
    }

    /// Whether it uses what could be a parameter of the impl around: a name with a capital.
    pub(crate) fn may_mention_params(&self) -> bool {
        self.prefixes.iter().any(|name| name.to_string().starts_with(char::is_uppercase))
    }

    /// Where it uses a name that it does not bind.
    pub(crate) fn free(&self, name: &Ident) -> Option<&Ident> {
        self.used.iter().find(|used| *used == name && !self.binds(used))
    }

    fn binds(&self, name: &Ident) -> bool {
        self.bound.contains(&name.to_string())
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.used.extend(path.path.get_ident().cloned());
        visit::visit_expr_path(self, path);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.prefixes.extend(path.segments.first().map(|segment| segment.ident.clone()));
        visit::visit_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.bound.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.used.extend(idents(call.tokens.clone()));
    }
}

/// All identifiers among `tokens`, those in the fields of format strings too.
pub(crate) fn idents(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut after_dot = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if !after_dot => found.push(ident.clone()),
            TokenTree::Group(group) => found.extend(idents(group.stream())),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse2::<syn::LitStr>(literal.to_token_stream()) {
                    found.extend(in_format(&text));
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.') && !after_dot;
    }
    found
}

/// `id` in `"user:{id:>5}"`.
fn in_format(text: &syn::LitStr) -> Vec<Ident> {
    let value = text.value();
    let fields = value.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
    let names = fields.filter_map(|name| syn::parse_str::<Ident>(name).ok());
    names.map(|name| Ident::new(&name.to_string(), text.span())).collect()
}

/// Whether a type mentions one of `names`.
pub(crate) fn type_mentions(ty: &Type, names: &[Ident]) -> bool {
    idents(ty.to_token_stream()).iter().any(|ident| names.contains(ident))
}

/// The names that can only be arguments: where a value is read, in lower case and not bound on the way. A function that
/// is called or handed over may be any name, and so may a constant.
pub(crate) fn roots(value: &Expr) -> Vec<&Ident> {
    match value {
        Expr::Path(path) => path.path.get_ident().into_iter().filter(|name| is_variable(name)).collect(),
        Expr::Paren(inner) => roots(&inner.expr),
        Expr::Group(inner) => roots(&inner.expr),
        Expr::Reference(inner) => roots(&inner.expr),
        Expr::Unary(inner) => roots(&inner.expr),
        Expr::Field(inner) => roots(&inner.base),
        Expr::Cast(inner) => roots(&inner.expr),
        Expr::Index(inner) => roots(&inner.expr),
        Expr::MethodCall(call) => roots(&call.receiver),
        Expr::Binary(both) => [roots(&both.left), roots(&both.right)].concat(),
        Expr::Tuple(all) => all.elems.iter().flat_map(roots).collect(),
        Expr::Array(all) => all.elems.iter().flat_map(roots).collect(),
        _ => Vec::new(),
    }
}

fn is_variable(name: &Ident) -> bool {
    let name = name.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    name.chars().all(|c| !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn ident(name: &str) -> Ident {
        Ident::new(name, proc_macro2::Span::call_site())
    }

    #[test]
    fn names_in_macros_and_format_strings_count() {
        let names = Names::of(&parse_quote!(format!("{id:>4}-{}", other.field)));
        assert!(names.mentions(&ident("id")) && names.mentions(&ident("other")) && !names.mentions(&ident("field")));
    }

    #[test]
    fn what_a_closure_binds_is_its_own() {
        let names = Names::of(&parse_quote!(items.iter().map(|id| id.len()).sum()));
        assert!(names.free(&ident("items")).is_some() && names.free(&ident("id")).is_none());
        assert!(names.mentions(&ident("id")));
    }

    #[test]
    fn what_a_path_begins_with_is_no_argument() {
        let names = Names::of(&parse_quote!(config::TTL + T::SECONDS));
        assert!(!names.mentions(&ident("config")) && names.mentions_type(&ident("T")));
    }

    #[test]
    fn only_what_must_be_a_variable_is_a_root() {
        let value: Expr = parse_quote!((a.b, &c[d], MAX, f(g), h.i(j) % k, Kind::l));
        let found: Vec<String> = roots(&value).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["a", "c", "h", "k"]);
    }
}
