//! The third stage: what the attribute and the function say of each other.

mod function;
mod names;
mod single_flight;
mod threshold;

use proc_macro2::Span;
use syn::{Expr, Ident, Type};

use crate::args::{Args, Companions, Key, Ttl};
use crate::errors::Errors;
use crate::func::{Func, PRIMITIVES, Shape, has_references};
use crate::krate::Krate;
use crate::names::Names;
use crate::place::Place;

/// A function and its attribute, checked: all that code is generated from.
pub(crate) struct Cached {
    pub(crate) args: Args,
    pub(crate) func: Func,
    pub(crate) place: Place,
    /// The name of the companion type, or of a method's companions in front of the `_`.
    pub(crate) companions: Option<Ident>,
    pub(crate) krate: Krate,
}

impl Cached {
    /// Checks everything; what is wrong is noted.
    pub(crate) fn new(args: Args, mut func: Func, place: Place, errors: &mut Errors) -> Self {
        function::check(&args, &func, place, errors);
        names::check(&args, &mut func, errors);
        single_flight::check(&args, errors);
        threshold::check(&args, &func, errors);
        let companions = companions(&args, &func, place, errors);
        let krate = Krate::new(args.krate.as_ref());
        let cached = Self { args, func, place, companions, krate };
        cached.bytes(errors);
        cached
    }

    /// A reference is written to bytes, and cannot be read from them. Said here, since the compiler finds the trait and
    /// then speaks of lifetimes.
    fn bytes(&self, errors: &mut Errors) {
        let Some(handler) = &self.args.handler else { return };
        if matches!(handler.value().as_str(), "disk" | "redis")
            && self.func.output.problems.is_empty()
            && has_references(self.stored())
        {
            let message = "a borrowed result cannot be read back from bytes: return an owned value, such as a `String`, or \
                           use a handler that keeps objects, such as `handler = \"ram\"`";
            errors.on(self.stored(), message);
        }
    }

    /// What `peek` gives, where that is not the whole result: the value inside of what is written as a `Result` or an
    /// `Option`.
    pub(crate) fn peeked(&self) -> Option<&Type> {
        let whole = self.args.cache_err.is_some() || self.args.cache_none.is_some();
        self.func.output.inner().filter(|_| !whole)
    }

    /// The type of what is stored, as far as tokens tell.
    pub(crate) fn stored(&self) -> &Type {
        match &self.func.output.shape {
            Shape::Result(inner) if self.args.cache_err.is_none() => inner,
            Shape::Option(inner) if self.args.cache_none.is_none() => inner,
            _ => &self.func.output.ty,
        }
    }

    /// Whether there may be type parameters around the function. `companions = false` is what one writes where its place
    /// cannot be known.
    pub(crate) fn may_be_associated(&self) -> bool {
        self.place != Place::Free || matches!(self.args.companions, Some(Companions::Off))
    }

    /// Whether an expression needs the call: an argument, or a type or constant that no static can name. The parameters
    /// of an impl are not to be seen, so there it may be whatever looks like one.
    pub(crate) fn needs_call(&self, value: &Expr) -> bool {
        let names = Names::of(value);
        let arguments = self.func.args.iter().flat_map(|arg| &arg.bindings);
        let this = Ident::new("Self", Span::call_site());
        let mut types = self.func.params().into_iter().chain([this]);
        arguments.into_iter().any(|name| names.mentions(name))
            || types.any(|name| names.mentions_type(&name))
            || (self.may_be_associated() && names.may_mention_params())
    }
}

impl Args {
    /// The expressions that are evaluated for every key, each with the attribute that it stands in.
    pub(crate) fn for_each_key(&self) -> Vec<(&Expr, &'static str)> {
        let mut found = Vec::new();
        match &self.key {
            Some(Key::Template(template)) => found.extend(template.fields.iter().map(|field| (&field.value, "key"))),
            Some(Key::Expr(value)) => found.push((value, "key")),
            None => {}
        }
        found.extend(self.tags.iter().flat_map(|tag| &tag.fields).map(|field| (&field.value, "tags")));
        if let Some(Ttl::Expr(value)) = &self.ttl {
            found.push((value, "ttl"));
        }
        found
    }
}

/// What the companions are called, if there are any: a free function has them unless it says otherwise, an associated
/// one if it says so.
fn companions(args: &Args, func: &Func, place: Place, errors: &mut Errors) -> Option<Ident> {
    let name = match (&args.companions, place) {
        (Some(Companions::Off), _) => return None,
        (None, Place::Impl | Place::Trait) => return None,
        (Some(Companions::Named(name)), _) => name.clone(),
        (Some(Companions::On(_)) | None, _) => func.name().clone(),
    };
    if place == Place::Trait {
        let span = match &args.companions {
            Some(Companions::On(span)) => *span,
            _ => name.span(),
        };
        errors.at(span, "nothing can be added to a trait or to an impl of one: leave `companions` out");
        return None;
    }
    if place == Place::Free && PRIMITIVES.iter().any(|primitive| name == primitive) {
        let message = format!(
            "the companion type of this function would hide the type `{name}` in the whole module: \
             name it otherwise with `companions = \"other_name\"`, or leave it out with `companions = false`"
        );
        errors.at(name.span(), message);
        return None;
    }
    Some(name)
}
