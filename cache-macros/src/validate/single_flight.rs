//! Checks of `single_flight`: `"shared"` needs a handler that processes share.

use crate::args::Args;
use crate::errors::Errors;

pub(super) fn check(args: &Args, errors: &mut Errors) {
    let Some(single_flight) = args.single_flight.as_ref().filter(|single_flight| single_flight.is_shared()) else {
        return;
    };
    // Other names may stand for anything by the time that the program runs; this one promises a handler in memory.
    if args.handler.as_ref().is_some_and(|handler| handler.value() == "ram") {
        errors.at(
            single_flight.span(),
            "`handler = \"ram\"` is in this process alone, so no run of another can be waited for: leave `single_flight` \
             out, or name a handler that processes share, such as `handler = \"disk\"`",
        );
    }
}
