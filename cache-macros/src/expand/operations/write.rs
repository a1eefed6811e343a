//! Writes a companion out: its documentation, its signature and its body.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Safety};

use super::{Make, Operation, Takes, link};
use crate::expand::companions::beside;
use crate::expand::{how, plan};
use crate::func::{Arg, Form};

impl Make<'_> {
    pub(super) fn private(&self) -> TokenStream {
        self.cached.private()
    }

    pub(super) fn site(&self) -> TokenStream {
        let path = self.cached.hidden_path("site", self.companions);
        quote!(#path())
    }

    pub(super) fn plan(&self) -> TokenStream {
        plan::call(self.cached, self.companions, true)
    }

    pub(super) fn how(&self) -> TokenStream {
        how::call(self.cached, self.companions)
    }

    /// The call of a function of the runtime's, which is async if the function is.
    pub(super) fn call(&self, name: &str, values: &[TokenStream]) -> TokenStream {
        let (private, name) = (self.private(), Ident::new(name, Span::call_site()));
        if self.cached.func.is_async() {
            quote!(#private::#name(#(#values),*).await)
        } else {
            quote!(#private::blocking::#name(#(#values),*))
        }
    }

    /// `Result<T, larder::Error>`.
    pub(super) fn fallible(&self, ty: &TokenStream) -> TokenStream {
        let krate = self.cached.krate.path();
        quote!(::core::result::Result<#ty, #krate::Error>)
    }

    /// The name of the value that `prime` takes, unless an argument has it.
    pub(super) fn value_name(&self) -> Ident {
        let taken = |name: &&str| self.cached.func.args.iter().any(|arg| arg.name == name);
        let name = ["value", "result"].into_iter().find(|name| !taken(name)).unwrap_or("__larder_value");
        Ident::new(name, Span::call_site())
    }

    /// An argument's name where the function is called: one that is called like the function would hide it.
    pub(super) fn name_beside_function(&self, arg: &Arg) -> Ident {
        if arg.name == *self.cached.func.name() { format_ident!("__{}", arg.name) } else { arg.name.clone() }
    }

    pub(super) fn write(&self, operation: &Operation, stub: bool) -> TokenStream {
        let cached = self.cached;
        let Operation { returns, generics, attributes, body, .. } = operation;
        let signature = &cached.func.item.sig;
        let visibility = &cached.func.item.vis;
        let docs = self.docs(operation);
        let name = self.name(operation.name);
        let beside = cached.beside_a_method().then(|| beside(cached));
        let has_site_only = operation.takes == Takes::None;
        // `stats` waits for nothing, and `prime` gives a future that it makes itself.
        let is_async = cached.func.is_async();
        let asyncness = (is_async && !matches!(operation.name, "stats" | "prime")).then(|| quote!(async));
        let safety = match signature.safety {
            Safety::Unsafe(token) if operation.takes == Takes::All => Some(token),
            _ => None,
        };
        let clause = signature.generics.where_clause.as_ref().filter(|_| !has_site_only);
        let params = self.params(operation);
        let mentioned = quote!(#(#params)* #returns);
        let generics = if has_site_only { TokenStream::new() } else { cached.generics(&mentioned, generics.as_ref()) };
        let body = match (stub, operation.name, is_async) {
            (false, ..) => body.clone(),
            (true, "prime", true) => quote!(async { ::core::unimplemented!() }),
            (true, ..) => quote!(::core::unimplemented!()),
        };
        let unused = stub.then(|| quote!(#[allow(unused_variables, clippy::unused_async)]));
        quote! {
            #docs
            #beside
            #attributes
            #unused
            #visibility #asyncness #safety fn #name #generics(#(#params),*) -> #returns #clause {
                #body
            }
        }
    }

    fn name(&self, operation: &str) -> Ident {
        if self.cached.beside_a_method() {
            format_ident!("{}_{operation}", self.companions, span = Span::call_site())
        } else {
            Ident::new(operation, Span::call_site())
        }
    }

    fn docs(&self, operation: &Operation) -> TokenStream {
        let text = operation.docs.replace("{}", &link(self.cached));
        let sections = operation.sections.iter().flat_map(|section| ["", section]);
        let lines = std::iter::once(text.as_str()).chain(sections);
        quote!(#(#[doc = #lines])*)
    }

    fn params(&self, operation: &Operation) -> Vec<TokenStream> {
        let args = self.cached.func.args.iter().filter(|arg| match operation.takes {
            Takes::None => false,
            Takes::Key => !arg.skipped,
            Takes::All => true,
        });
        let param = |arg: &Arg| match &arg.form {
            Form::Receiver(receiver) if operation.takes == Takes::Key => plan::lent_receiver(receiver),
            Form::Receiver(receiver) => plan::bare_receiver(receiver),
            Form::Typed(_, ty) => {
                let runs = operation.takes == Takes::All;
                let name = if runs { self.name_beside_function(arg) } else { arg.name.clone() };
                quote!(#name: #ty)
            }
        };
        args.map(param).chain(operation.value.clone()).collect()
    }
}
