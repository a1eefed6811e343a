//! How a function gives its result: at once, or by a future.

use syn::{GenericArgument, PathArguments, PathSegment, Signature, Type, TypeParamBound};

use super::plain;

/// How the result is given.
pub(crate) enum Skin {
    Sync,
    /// `async fn`.
    Async,
    /// `-> Pin<Box<dyn Future<Output = T>>>`, with all of the written type. Methods under `#[async_trait]` have become such
    /// functions when the attribute sees them.
    Boxed(Box<Type>),
    /// `-> impl Future<Output = T>`.
    Opaque,
}

impl Skin {
    /// How a function of this signature gives its result, and of what type that is.
    pub(super) fn of(signature: &Signature, ty: &Type) -> (Self, Type) {
        if signature.asyncness.is_some() {
            return (Self::Async, ty.clone());
        }
        match future(ty) {
            Some((output, true)) => (Self::Boxed(Box::new(ty.clone())), output.clone()),
            Some((output, false)) => (Self::Opaque, output.clone()),
            None => (Self::Sync, ty.clone()),
        }
    }
}

/// The output of the future that `ty` is, and whether that is boxed.
fn future(ty: &Type) -> Option<(&Type, bool)> {
    match plain(ty) {
        Type::ImplTrait(opaque) => Some((output(&opaque.bounds)?, false)),
        Type::Path(path) => {
            let segment = path.path.segments.last()?;
            let inner = only_type(segment)?;
            match (segment.ident.to_string().as_str(), plain(inner)) {
                ("BoxFuture" | "LocalBoxFuture", _) => Some((inner, true)),
                ("Pin", Type::Path(boxed)) => {
                    let boxed = boxed.path.segments.last().filter(|segment| segment.ident == "Box")?;
                    let Type::TraitObject(object) = plain(only_type(boxed)?) else { return None };
                    Some((output(&object.bounds)?, true))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `T` of `Future<Output = T>` among bounds.
fn output<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> Option<&'a Type> {
    bounds.into_iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|segment| segment.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
            _ => None,
        })
    })
}

/// The only type among the arguments of a path's segment.
fn only_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next().filter(|_| types.next().is_none())
}
