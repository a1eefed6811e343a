//! The annotated function, as it was written.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, TokenStreamExt as _};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility, braced, token};

/// A function whose body is not looked into: nothing in there is of interest here, its mistakes are the compiler's to
/// explain, and reading it would take longer than all the rest.
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    brace: token::Brace,
    /// `#![…]` at the beginning of the body.
    pub(crate) inner: Vec<Attribute>,
    /// What follows in the body.
    pub(crate) statements: TokenStream,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (attrs, vis, sig) = (input.call(Attribute::parse_outer)?, input.parse()?, input.parse()?);
        let body;
        let brace = braced!(body in input);
        let (inner, statements) = (body.call(Attribute::parse_inner)?, body.parse()?);
        Ok(Self { attrs, vis, sig, brace, inner, statements })
    }
}

impl Item {
    /// A block with the braces of the body: what the compiler says of the block is said at the user's own.
    pub(crate) fn block(&self, statements: TokenStream) -> Group {
        let mut block = Group::new(Delimiter::Brace, statements);
        block.set_span(self.brace.span.join());
        block
    }

    /// The function with `first` in front of its statements.
    pub(crate) fn with_first(&self, first: &TokenStream) -> TokenStream {
        let Self { attrs, vis, sig, inner, statements, .. } = self;
        let mut tokens = TokenStream::new();
        tokens.append_all(attrs);
        vis.to_tokens(&mut tokens);
        sig.to_tokens(&mut tokens);
        let mut body = TokenStream::new();
        body.append_all(inner);
        body.extend([first.clone(), statements.clone()]);
        tokens.append(self.block(body));
        tokens
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.with_first(&TokenStream::new()));
    }
}
