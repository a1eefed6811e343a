//! Whether what is stored is what the return type promises where it is written as a `Result<T, ..>` or an `Option<T>`.

use std::convert::Infallible;
use std::marker::PhantomData;

use super::how::How;
use super::short::ShortCut;

/// The type that the return type was taken to hold. Implemented for each type and itself.
#[diagnostic::on_unimplemented(
    message = "this return type is written like a `Result` or an `Option` of `{W}`, and is neither: it is stored as `{Self}`",
    label = "not the standard library's",
    note = "call the type by another name (`use own::Result as Outcome`), or leave its companions out with `companions = false`"
)]
pub trait Written<W>: Sized {
    /// The same.
    fn same<R, S: ShortCut>(how: How<R, Self, S>) -> How<R, W, S>;
}

#[diagnostic::do_not_recommend]
impl<V> Written<V> for V {
    fn same<R, S: ShortCut>(how: How<R, Self, S>) -> How<R, V, S> {
        how
    }
}

/// What no type is written as. Were there but one implementation, the compiler would take it for meant, and then find
/// two types that differ.
#[derive(Debug)]
pub struct Unwritten<V>(PhantomData<V>, Infallible);

#[diagnostic::do_not_recommend]
impl<V> Written<Unwritten<V>> for V {
    fn same<R, S: ShortCut>(how: How<R, Self, S>) -> How<R, Unwritten<V>, S> {
        how.valueless(|unwritten| match unwritten.1 {})
    }
}

/// `how` as the return type is written. A function, since the compiler names it where the types differ.
#[must_use]
pub fn written<R, V: Written<W>, W, S: ShortCut>(how: How<R, V, S>) -> How<R, W, S> {
    V::same(how)
}
