//! What is done behind a write whatever becomes of it: also where its caller goes away before the reply is here.

/// Does its work when it is dropped.
struct Behind<F: Fn()>(F);

impl<F: Fn()> Drop for Behind<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Does `work` when this is dropped.
pub(super) fn behind(work: impl Fn()) -> impl Drop {
    Behind(work)
}

/// Does `work` now, and again when this is dropped.
pub(super) fn before_and_behind(work: impl Fn()) -> impl Drop {
    work();
    Behind(work)
}
