//! Whether what is stored is what the return type promises where it is written as a `Result<T, ..>` or an `Option<T>`.

use std::marker::PhantomData;

use super::how::How;

/// The type that the return type was taken to hold. Implemented for each type and itself.
#[diagnostic::on_unimplemented(
    message = "this return type is written like a `Result` or an `Option` of `{W}`, and is neither: it is stored as `{Self}`",
    label = "not the standard library's",
    note = "call the type by another name (`use own::Result as Outcome`), or leave its companions out with `companions = false`"
)]
pub trait Written<W>: Sized {
    /// The same.
    fn same<R>(how: How<R, Self>) -> How<R, W>;
}

#[diagnostic::do_not_recommend]
impl<V> Written<V> for V {
    fn same<R>(how: How<R, Self>) -> How<R, V> {
        how
    }
}

/// What no type is written as. Were there but one implementation, the compiler would take it for meant, and then find
/// two types that differ.
#[derive(Debug)]
pub struct Unwritten<V>(PhantomData<V>);

#[diagnostic::do_not_recommend]
impl<V> Written<Unwritten<V>> for V {
    fn same<R>(how: How<R, Self>) -> How<R, Unwritten<V>> {
        how.valueless()
    }
}

impl<R, V> How<R, V> {
    /// As the return type is written.
    #[must_use]
    pub fn written<W>(self) -> How<R, W>
    where
        V: Written<W>,
    {
        V::same(self)
    }
}
