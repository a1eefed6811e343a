//! The return type of the function, as far as its tokens tell.

use proc_macro2::Span;
use quote::quote_spanned;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, GenericParam, Lifetime, ParenthesizedGenericArguments, PathArguments, PathSegment, ReturnType,
    Signature, TraitBound, Type, TypeFnPtr, TypeImplTrait, TypeReference,
};

use super::plain;
use super::skin::Skin;

/// What the function returns.
pub(crate) struct Output {
    pub(crate) skin: Skin,
    /// The type of the result, which in a future is that of its output; `()` where nothing is written.
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    /// What cannot be: a mistake for each, with its span.
    pub(crate) problems: Vec<syn::Error>,
}

/// What kind of result is written.
pub(crate) enum Shape {
    /// `…Result<T, ..>`, with its `T`.
    Result(Type),
    /// `…Option<T>`, with its `T`.
    Option(Type),
    /// Anything else, an alias of the two among them.
    Other,
    /// No result at all.
    Unit,
}

impl Output {
    pub(super) fn new(signature: &Signature) -> Self {
        match &signature.output {
            ReturnType::Default => {
                // An error about it is shown at the function's name.
                let span = signature.ident.span();
                let (skin, ty) = Skin::of(signature, &Type::Verbatim(quote_spanned!(span=> ())));
                Self { skin, ty, shape: Shape::Unit, problems: Vec::new() }
            }
            ReturnType::Type(_, ty) => {
                let (skin, ty) = Skin::of(signature, ty);
                let mut problems = Problems::default();
                problems.visit_type(&ty);
                Self { skin, shape: Shape::of(&ty), ty, problems: problems.found }
            }
        }
    }

    /// Where it stands; for the code that is about it. What is generated there is still known to be generated.
    pub(crate) fn span(&self) -> Span {
        Span::call_site().located_at(self.ty.span())
    }

    /// The value inside of `Ok` or `Some`.
    pub(crate) fn inner(&self) -> Option<&Type> {
        match &self.shape {
            Shape::Result(inner) | Shape::Option(inner) => Some(inner),
            Shape::Other | Shape::Unit => None,
        }
    }
}

impl Shape {
    fn of(ty: &Type) -> Self {
        let Type::Path(path) = plain(ty) else {
            return Self::Other;
        };
        let Some(last) = path.path.segments.last() else {
            return Self::Other;
        };
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return Self::Other;
        };
        let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
            return Self::Other;
        };
        match last.ident.to_string().as_str() {
            "Result" => Self::Result(inner.clone()),
            "Option" => Self::Option(inner.clone()),
            _ => Self::Other,
        }
    }
}

/// Whether a type holds `&'static T` or a lifetime argument. The compiler chooses serde for such a type without looking
/// at lifetimes, and then finds that it cannot be deserialized from every input; so the choice is taken from it. `Cow`
/// is deserialized as an owned value and needs no such care.
pub(crate) fn has_references(ty: &Type) -> bool {
    let mut found = References(false);
    found.visit_type(ty);
    found.0
}

struct References(bool);

impl<'ast> Visit<'ast> for References {
    fn visit_type_reference(&mut self, _: &'ast TypeReference) {
        self.0 = true;
    }

    fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
        let lifetime = |argument: &GenericArgument| matches!(argument, GenericArgument::Lifetime(_));
        if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
            self.0 |= segment.ident != "Cow" && arguments.args.iter().any(lifetime);
        }
        visit::visit_path_segment(self, segment);
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

const OUTLIVES: &str =
    "a cached result outlives the call, so it cannot borrow: return an owned value, `&'static` or an `Arc`";

/// Collects what no cached function can return.
#[derive(Default)]
struct Problems {
    found: Vec<syn::Error>,
    /// The lifetimes of `for<'a>` around.
    bound: Vec<Lifetime>,
}

impl<'ast> Visit<'ast> for Problems {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.mutability.is_some() {
            let message = "a cached result is given to many callers, so it cannot be `&mut`: return an owned value";
            self.found.push(syn::Error::new_spanned(reference, message));
        } else if reference.lifetime.is_none() {
            self.found.push(syn::Error::new_spanned(reference, OUTLIVES));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" && !self.bound.contains(lifetime) {
            self.found.push(syn::Error::new(lifetime.span(), OUTLIVES));
        }
    }

    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        let before = self.bound.len();
        for param in bound.lifetimes.iter().flat_map(|bound| &bound.lifetimes) {
            if let GenericParam::Lifetime(param) = param {
                self.bound.push(param.lifetime.clone());
            }
        }
        self.visit_path(&bound.path);
        self.bound.truncate(before);
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        let message = "a cached result is stored by its type, which `impl Trait` hides: return a type that has a name";
        self.found.push(syn::Error::new_spanned(ty, message));
    }

    fn visit_type_never(&mut self, never: &'ast syn::TypeNever) {
        let message = "this function never returns, so it has no result to cache: leave `#[cached]` out";
        self.found.push(syn::Error::new_spanned(never, message));
    }

    // What a function pointer or an `Fn` trait takes and gives is not part of the result.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}
