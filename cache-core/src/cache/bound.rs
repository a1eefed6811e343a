//! A function bound to its handler in one cache.

use std::sync::atomic::{AtomicBool, Ordering};

use super::handler::SharedHandler;
use crate::form::Codec;
use crate::key::Space;
use crate::stats::Counters;

/// Whom calls of one function ask, and what is counted about them.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) space: &'static Space,
    /// `None` when the handler that the function names is not there: it runs uncached.
    pub(crate) handler: Option<SharedHandler>,
    pub(crate) counters: Counters,
    reported: AtomicBool,
}

impl Bound {
    pub(super) fn new(space: &'static Space, handler: Option<SharedHandler>) -> Self {
        Self { space, handler, counters: Counters::default(), reported: AtomicBool::new(false) }
    }

    /// The handler, if it is there and can keep what `codec` is for; if it cannot, that is logged once.
    pub(crate) fn handler_fit_for(&self, codec: &Codec) -> Option<&SharedHandler> {
        let handler = self.handler.as_ref()?;
        match codec.fits(handler.backend().form()) {
            Ok(()) => Some(handler),
            Err(reason) => {
                if !self.reported.swap(true, Ordering::Relaxed) {
                    let (name, handler) = (self.space.name(), handler.name());
                    log::error!("`{name}` runs uncached on `{handler}`, a handler of bytes: {reason}");
                }
                None
            }
        }
    }
}
