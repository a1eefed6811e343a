//! What `ttl = …` can be. The conversion is a trait of its own for the sake of the message about what is none.

use crate::ttl::Ttl;

/// A time to live: whatever converts to a [`Ttl`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no time to live",
    label = "not a time to live",
    note = "give whole seconds as a `u64`, a `Duration`, an `Option<Duration>` (`None` is forever), or a `larder::Ttl`"
)]
pub trait TimeToLive {
    /// As what it counts.
    fn ttl(self) -> Ttl;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Ttl>> TimeToLive for T {
    fn ttl(self) -> Ttl {
        self.into()
    }
}

/// `ttl = …`, where it is the same for every call.
pub fn ttl(value: impl TimeToLive) -> Ttl {
    value.ttl()
}
