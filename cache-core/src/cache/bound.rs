//! A function bound to its handler in one cache.

use std::sync::atomic::{AtomicBool, Ordering};

use super::handler::SharedHandler;
use crate::entry::Form;
use crate::error::{Error, Result};
use crate::form::Codec;
use crate::key::{Instance, Space};
use crate::stats::Counters;

/// Whom calls of one function ask, and what is counted about them.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) space: &'static Space,
    /// The error when the handler that the function names is not there: it runs uncached.
    handler: Result<SharedHandler>,
    pub(crate) counters: Counters,
    reported: AtomicBool,
}

impl Bound {
    pub(super) fn new(space: &'static Space, handler: Result<SharedHandler>) -> Self {
        let counters =
            handler.as_ref().map_or_else(|_| Counters::default(), |handler| Counters::of_part(&handler.counters));
        Self { space, handler, counters, reported: AtomicBool::new(false) }
    }

    /// The handler.
    pub(crate) fn handler(&self) -> Result<&SharedHandler> {
        match &self.handler {
            Ok(handler) => Ok(handler),
            Err(Error::UnknownHandler { name, known }) => {
                Err(Error::UnknownHandler { name: name.clone(), known: known.clone() })
            }
            Err(other) => Err(Error::config(other.to_string())),
        }
    }

    /// The handler, unless the function names one that is not there.
    pub(crate) fn handler_if_there(&self) -> Option<&SharedHandler> {
        self.handler.as_ref().ok()
    }

    /// Whether the handler is there and can keep what `codec` is for; if it cannot, that is logged once. On a handler of
    /// bytes a generic function's instance has to be one that other processes tell from others.
    pub(crate) fn is_fit_for(&self, codec: &Codec, instance: Option<Instance>) -> bool {
        let Some(handler) = self.handler_if_there() else { return false };
        let form = handler.form();
        let fits = codec.fits(form).and_then(|()| match instance {
            Some(instance) if form == Form::Bytes && !instance.is_told_apart() => Err(format!(
                "`{}` shares its name with another type: name the types, or use a handler that keeps objects",
                instance.name
            )),
            _ => Ok(()),
        });
        if let Err(reason) = &fits
            && !self.reported.swap(true, Ordering::Relaxed)
        {
            let (name, handler) = (self.space.name(), handler.name());
            log::error!("`{name}` runs uncached on `{handler}`, a handler of bytes: {reason}");
        }
        fits.is_ok()
    }
}
