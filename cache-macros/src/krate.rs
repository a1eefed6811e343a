//! Where `larder` is, seen from the code that is generated.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;

/// The path of the crate `larder`.
#[derive(Clone)]
pub(crate) struct Krate(TokenStream);

impl Krate {
    /// What `crate = path` says, or the name that the dependency has in the user's `Cargo.toml`.
    pub(crate) fn new(written: Option<&Path>) -> Self {
        Self(written.map_or_else(found, ToTokens::to_token_stream))
    }

    /// `::larder`.
    pub(crate) fn path(&self) -> &TokenStream {
        &self.0
    }

    /// `::larder::private`, so that an error in what is called there is shown at `span`.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let krate = self.0.clone().into_iter().map(|mut token: TokenTree| {
            token.set_span(token.span().located_at(span));
            token
        });
        quote::quote_spanned!(span=> #(#krate)*::private)
    }
}

/// Inside larder's own package this runs for its tests and examples, which see it as everybody does. Where there is no
/// manifest to read, the crate is most likely called what it is called.
fn found() -> TokenStream {
    match crate_name("larder") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        Ok(FoundCrate::Itself) | Err(_) => quote!(::larder),
    }
}
