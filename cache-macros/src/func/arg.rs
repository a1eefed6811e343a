//! One argument of the function.

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatReference, Receiver, ReceiverKind, Type};

/// An argument, which may be a pattern.
pub(crate) struct Arg {
    /// What it is called outside of the body: its own name, `__arg0` for a pattern, or `self`.
    pub(crate) name: Ident,
    /// The names that it has inside of the body.
    pub(crate) bindings: Vec<Ident>,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) form: Form,
    /// Whether `skip` leaves it out of the key. Set when both were read.
    pub(crate) skipped: bool,
}

pub(crate) enum Form {
    Receiver(Receiver),
    Typed(Box<Pat>, Box<Type>),
}

impl Arg {
    pub(super) fn new(index: usize, input: &FnArg) -> Self {
        match input {
            FnArg::Receiver(receiver) => {
                let name = Ident::new("self", receiver.self_token.span);
                let form = Form::Receiver(receiver.clone());
                Self { bindings: vec![name.clone()], name, attrs: receiver.attrs.clone(), form, skipped: false }
            }
            FnArg::Typed(typed) => {
                let name = own_name(&typed.pat).cloned();
                let name = name.unwrap_or_else(|| format_ident!("__arg{index}", span = typed.pat.span()));
                let form = Form::Typed(typed.pat.clone(), typed.ty.clone());
                Self { name, bindings: bindings(&typed.pat), attrs: typed.attrs.clone(), form, skipped: false }
            }
        }
    }

    pub(crate) fn is_receiver(&self) -> bool {
        matches!(self.form, Form::Receiver(_))
    }

    /// `_`: the body cannot read it.
    pub(crate) fn is_wild(&self) -> bool {
        matches!(&self.form, Form::Typed(pattern, _) if matches!(**pattern, Pat::Wild(_)))
    }

    pub(crate) fn is_impl_trait(&self) -> bool {
        matches!(&self.form, Form::Typed(_, ty) if contains_impl_trait(ty))
    }

    /// Where it stands; for the code that is about it. What is generated there is still known to be generated.
    pub(crate) fn span(&self) -> Span {
        Span::call_site().located_at(self.name.span())
    }

    /// How it is called in `skip`.
    pub(crate) fn label(&self) -> String {
        if self.is_wild() {
            return "_".to_owned();
        }
        self.bindings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// The pattern to be matched at the start of the body, where there is more to it than a name.
    pub(crate) fn pattern(&self) -> Option<&Pat> {
        match &self.form {
            Form::Typed(pattern, _) => match &**pattern {
                Pat::Wild(_) => None,
                Pat::Ident(ident) if ident.mutability.is_none() && own_name(pattern).is_some() => None,
                pattern => Some(pattern),
            },
            Form::Receiver(_) => None,
        }
    }

    /// Whether its pattern borrows mutably from it, as `ref mut` does.
    pub(crate) fn is_lent_mutably(&self) -> bool {
        self.pattern().is_some_and(contains_ref_mut)
    }

    /// The pattern with which its parts are named where it is only lent.
    pub(crate) fn lent_pattern(&self) -> Option<Pat> {
        let pattern = self.pattern().filter(|pattern| own_name(pattern).is_none())?;
        let mut pattern = pattern.clone();
        Lend { inside_reference: contains_reference(&pattern) }.visit_pat_mut(&mut pattern);
        Some(pattern)
    }

    /// Whether a copy of it is as good as itself, by its tokens: numbers and the like, and shared references.
    pub(crate) fn is_copy(&self) -> bool {
        match &self.form {
            Form::Receiver(_) => false,
            Form::Typed(_, ty) => match plain(ty) {
                Type::Reference(reference) => reference.mutability.is_none(),
                Type::Path(path) if path.qself.is_none() => path.path.get_ident().is_some_and(is_primitive),
                _ => false,
            },
        }
    }

    /// How many bytes it always records, by its tokens: numbers and the like, and references to these.
    pub(crate) fn bytes(&self) -> Option<usize> {
        Some(match self.primitive()?.as_str() {
            "u8" | "i8" | "bool" => 1,
            "u16" | "i16" => 2,
            "u32" | "i32" | "f32" | "char" => 4,
            "u64" | "i64" | "f64" | "usize" | "isize" => 8,
            "u128" | "i128" => 16,
            _ => return None,
        })
    }

    /// Whether it is recorded exactly, by its tokens: no choice needs to be left to the compiler, which takes its time for
    /// each.
    pub(crate) fn is_exact(&self) -> bool {
        self.primitive().is_some()
    }

    /// The primitive type that it seems to be, or to refer to.
    fn primitive(&self) -> Option<String> {
        let Form::Typed(_, ty) = &self.form else { return None };
        let target = match plain(ty) {
            Type::Reference(reference) => plain(&reference.elem),
            ty => ty,
        };
        let Type::Path(path) = target else { return None };
        let name = path.path.get_ident().filter(|_| path.qself.is_none())?.to_string();
        PRIMITIVES.contains(&name.as_str()).then_some(name)
    }

    /// The type as written; a receiver of the short form has none.
    pub(crate) fn ty(&self) -> Option<&Type> {
        match &self.form {
            Form::Typed(_, ty) => Some(ty),
            Form::Receiver(Receiver { kind: ReceiverKind::Typed(_, ty), .. }) => Some(ty),
            Form::Receiver(_) => None,
        }
    }
}

/// The name of a pattern that is no more than one.
fn own_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. }) => Some(ident),
        _ => None,
    }
}

/// The type inside of parentheses and of the invisible groups that `macro_rules!` makes.
pub(crate) fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        ty => ty,
    }
}

fn is_primitive(name: &Ident) -> bool {
    PRIMITIVES.iter().any(|primitive| name == primitive && *primitive != "str")
}

/// The primitive types that have a name.
pub(crate) const PRIMITIVES: [&str; 17] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "f32", "f64",
];

fn bindings(pattern: &Pat) -> Vec<Ident> {
    if let Some(name) = own_name(pattern) {
        return vec![name.clone()];
    }
    struct Bindings(Vec<Ident>);
    impl<'ast> Visit<'ast> for Bindings {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            // `None` and other constants look like names; by convention no variable begins with a capital.
            if !pattern.ident.to_string().starts_with(char::is_uppercase) {
                self.0.push(pattern.ident.clone());
            }
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut found = Bindings(Vec::new());
    found.visit_pat(pattern);
    found.0
}

fn contains_impl_trait(ty: &Type) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut found = Found(false);
    found.visit_type(ty);
    found.0
}

fn contains_reference(pattern: &Pat) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_pat_reference(&mut self, _: &'ast PatReference) {
            self.0 = true;
        }
    }
    let mut found = Found(false);
    found.visit_pat(pattern);
    found.0
}

fn contains_ref_mut(pattern: &Pat) -> bool {
    struct Found(bool);
    impl<'ast> Visit<'ast> for Found {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            self.0 |= pattern.by_ref.is_some() && pattern.mutability.is_some();
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut found = Found(false);
    found.visit_pat(pattern);
    found.0
}

/// Matching a reference binds references by itself, and then neither `mut` nor `ref` may be written. Only where a `&`
/// of the pattern's own takes the reference away, a `ref` is still needed.
struct Lend {
    inside_reference: bool,
}

impl VisitMut for Lend {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        pattern.mutability = None;
        if !self.inside_reference {
            pattern.by_ref = None;
        }
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}
