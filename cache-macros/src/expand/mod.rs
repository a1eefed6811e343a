//! The last stage: the code. It holds no cache logic; what it calls is in `larder::private`.
//!
//! Local names begin with `__larder`, every path is written in full, and methods take what they are called on by value, or
//! have rare names, so that nothing of the user's (imports, a missing prelude, arguments called `key` or `result`, a trait that all
//! types have) can get in between. Code about one argument, or about the
//! result, stands at its place in the source: so does then the compiler's message when a type does not fit.

mod companions;
mod how;
mod operations;
mod plan;
mod shim;
mod site;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{GenericParam, Ident, Type};

pub(crate) use companions::stubs;

use crate::place::Place;
use crate::validate::Cached;

pub(crate) fn expand(cached: &Cached) -> TokenStream {
    let function = shim::function(cached);
    let companions = companions::companions(cached);
    quote!(#function #companions)
}

impl Cached {
    /// `::larder::private`.
    fn private(&self) -> TokenStream {
        self.krate.private(Span::call_site())
    }

    /// `::larder::private`, for code about the result.
    fn private_at_result(&self) -> TokenStream {
        self.krate.private(self.func.output.span())
    }

    /// The import of the traits by which the generated code lets the compiler choose.
    fn levels(&self) -> TokenStream {
        let private = self.private();
        quote! {
            #[allow(unused_imports)]
            use #private::levels::*;
        }
    }

    fn result(&self) -> &Type {
        &self.func.output.ty
    }

    /// Whether the companions are functions beside a method.
    pub(crate) fn beside_a_method(&self) -> bool {
        self.place != Place::Free
    }

    /// The hidden function that gives the site, and the one that makes a plan. Their names carry the name of the
    /// function where the path of the companion type would not: the runtime takes the name of a site from there.
    fn hidden(&self, what: &str, companions: &Ident) -> Ident {
        // As arguments of the macro, names lose their `r#`.
        let name = self.func.name();
        if self.beside_a_method() {
            format_ident!("__larder_{}_beside_{}", what, name, span = Span::call_site())
        } else if companions == name {
            format_ident!("__larder_{what}", span = Span::call_site())
        } else {
            format_ident!("__larder_{}_of_{}", what, name, span = Span::call_site())
        }
    }

    /// `<user>::__larder_site` or `Self::__larder_site_beside_load`.
    fn hidden_path(&self, what: &str, companions: &Ident) -> TokenStream {
        let hidden = self.hidden(what, companions);
        if self.beside_a_method() { quote!(Self::#hidden) } else { quote!(<#companions>::#hidden) }
    }

    /// `::<T, N>`, or nothing where it has no type and const parameters.
    fn turbofish(&self) -> Option<TokenStream> {
        let params = self.func.params();
        (!params.is_empty()).then(|| quote!(::<#(#params),*>))
    }

    /// Its generic parameters, and `more` at the end. Lifetimes that `signature` and the bounds do not mention are left
    /// out: nothing is to be called unused.
    fn generics(&self, signature: &TokenStream, more: Option<&TokenStream>) -> TokenStream {
        let generics = &self.func.item.sig.generics;
        let others = generics.params.iter().filter(|param| !matches!(param, GenericParam::Lifetime(_)));
        let clause = &generics.where_clause;
        let mut used = lifetimes(quote!(#signature #(#others)* #clause));
        // What a lifetime that is needed outlives is needed as well.
        for _ in generics.lifetimes() {
            let needed = generics.lifetimes().filter(|param| used.contains(&param.lifetime.ident));
            used = needed
                .flat_map(|param| param.bounds.iter().map(|bound| bound.ident.clone()))
                .chain(used.clone())
                .collect();
        }
        let kept = generics.params.iter().filter(|param| match param {
            GenericParam::Lifetime(param) => used.contains(&param.lifetime.ident),
            _ => true,
        });
        let params: Vec<TokenStream> = kept.map(ToTokens::to_token_stream).chain(more.cloned()).collect();
        if params.is_empty() { TokenStream::new() } else { quote!(<#(#params),*>) }
    }
}

/// The names of all lifetimes among `tokens`.
fn lifetimes(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut after_quote = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(name) if after_quote => found.push(name.clone()),
            TokenTree::Group(group) => found.extend(lifetimes(group.stream())),
            _ => {}
        }
        after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
    found
}
