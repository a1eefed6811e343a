//! The functions among the companions.

mod write;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::func::Shape;
use crate::validate::Cached;

/// One companion, before it is written out.
struct Operation {
    name: &'static str,
    docs: &'static str,
    /// The sections of its documentation, such as `# Errors`.
    sections: Vec<&'static str>,
    attributes: TokenStream,
    /// Further type parameters, and further arguments.
    generics: Option<TokenStream>,
    value: Option<TokenStream>,
    takes: Takes,
    returns: TokenStream,
    body: TokenStream,
}

/// Which arguments a companion takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    None,
    /// Those in the key.
    Key,
    All,
}

const UNREACHABLE: &str = "# Errors\n\nWhen the handler cannot be reached. The invalidation is then repeated before the \
                           handler is read again.";
const MISSING: &str = "# Errors\n\nWhen the function's handler is not there. One that cannot be reached is a miss.";
const NOT_STORED: &str =
    "# Errors\n\nWhen the function's handler is not there, cannot be reached, or cannot keep the result.";

/// All companions; as stubs, they do nothing.
pub(super) fn all(cached: &Cached, companions: &Ident, stub: bool) -> Vec<TokenStream> {
    let make = Make { cached, companions };
    let operations =
        [make.invalidate(), make.clear(), make.peek(), make.prime(), make.refresh(), make.uncached(), make.stats()];
    operations.iter().map(|operation| make.write(operation, stub)).collect()
}

/// `` [`user`](fn@user) ``.
pub(super) fn link(cached: &Cached) -> String {
    let name = cached.func.name().to_string();
    match name.strip_prefix("r#") {
        Some(name) => format!("`{name}`"),
        None if cached.beside_a_method() => format!("[`{name}`](Self::{name})"),
        None => format!("[`{name}`](fn@{name})"),
    }
}

struct Make<'a> {
    cached: &'a Cached,
    companions: &'a Ident,
}

impl Make<'_> {
    fn invalidate(&self) -> Operation {
        Operation::new("invalidate", "Drops the result of {} for these arguments.", Takes::Key)
            .section(UNREACHABLE)
            .returns(self.fallible(&quote!(())))
            .body(self.call("invalidate", &[self.site(), self.plan()]))
    }

    fn clear(&self) -> Operation {
        Operation::new("clear", "Drops everything that {} has stored.", Takes::None)
            .section(UNREACHABLE)
            .returns(self.fallible(&quote!(())))
            .body(self.call("clear", &[self.site()]))
    }

    fn peek(&self) -> Operation {
        let (name, value) = match self.cached.peeked() {
            Some(inner) => ("peek", inner),
            None => ("peek_whole", self.cached.result()),
        };
        Operation::new("peek", "What {} has stored for these arguments, if it is fresh. Nothing is run.", Takes::Key)
            .section(MISSING)
            .returns(self.fallible(&quote!(::core::option::Option<#value>)))
            .body(self.call(name, &[self.site(), self.plan(), self.how()]))
    }

    fn prime(&self) -> Operation {
        let (private, result, name) = (self.private(), self.cached.result(), self.value_name());
        // A future that is made here, instead of an `async fn` that holds its arguments: the result need not be `Send`.
        let returns = self.fallible(&quote!(()));
        let is_async = self.cached.func.is_async();
        let returns = if is_async { quote!(impl ::core::future::Future<Output = #returns>) } else { returns };
        let skin = (!is_async).then(|| quote!(blocking::));
        let (site, plan, how) = (self.site(), self.plan(), self.how());
        let docs = "Stores a result of {} without a run: the whole result, or the value inside of its `Ok` or `Some`. \
                    What the function's attributes do not store is not stored.";
        let mut operation = Operation::new("prime", docs, Takes::Key)
            .section(NOT_STORED)
            .returns(returns)
            .body(quote!(#private::#skin prime(#site, #plan, #how, #name)));
        operation.generics = Some(quote!(__LarderForm));
        operation.value = Some(quote!(#name: impl #private::Prime<#result, __LarderForm>));
        operation
    }

    fn refresh(&self) -> Operation {
        let docs = "Runs {}, stores its result in place of what was stored, and gives it.";
        self.run("refresh", docs, "Refresh")
    }

    fn uncached(&self) -> Operation {
        let mut operation = self.run("uncached", "Runs {}, and touches no cache.", "Uncached");
        operation.attributes = self.cached.func.attributes(&["must_use"]).map(ToTokens::to_token_stream).collect();
        operation
    }

    fn stats(&self) -> Operation {
        let (private, site, krate) = (self.private(), self.site(), self.cached.krate.path());
        let mut operation = Operation::new("stats", "What happened to the calls of {} so far.", Takes::None)
            .returns(quote!(#krate::Stats))
            .body(quote!(#private::stats(#site)));
        operation.attributes = quote!(#[must_use]);
        operation
    }

    /// A call of the function itself, in another mode.
    fn run(&self, name: &'static str, docs: &'static str, mode: &str) -> Operation {
        let cached = self.cached;
        let (private, site, mode) = (self.private(), self.site(), format_ident!("{mode}"));
        let (function, turbofish) = (cached.func.name(), cached.turbofish());
        let function = if cached.beside_a_method() { quote!(Self::#function) } else { quote!(#function) };
        let values = cached.func.args.iter().map(|arg| self.name_beside_function(arg));
        let mut call = quote!(#function #turbofish(#(#values),*));
        if let syn::Safety::Unsafe(_) = cached.func.item.sig.safety {
            call = quote!(unsafe { #call });
        }
        let body = if cached.func.is_async() {
            quote!(#private::in_mode_async(#site, #private::Mode::#mode, #call).await)
        } else {
            quote!(let __larder_mode = #private::in_mode(#site, #private::Mode::#mode); #call)
        };
        let mut operation =
            Operation::new(name, docs, Takes::All).returns(cached.result().to_token_stream()).body(body);
        if let Shape::Result(_) = cached.func.output.shape {
            operation = operation.section("# Errors\n\nThose of the function.");
        }
        if let syn::Safety::Unsafe(_) = cached.func.item.sig.safety {
            operation = operation.section("# Safety\n\nAs for the function.");
        }
        operation
    }
}

impl Operation {
    fn new(name: &'static str, docs: &'static str, takes: Takes) -> Self {
        Self {
            name,
            docs,
            sections: Vec::new(),
            attributes: TokenStream::new(),
            generics: None,
            value: None,
            takes,
            returns: TokenStream::new(),
            body: TokenStream::new(),
        }
    }

    fn section(mut self, text: &'static str) -> Self {
        self.sections.push(text);
        self
    }

    fn returns(mut self, ty: TokenStream) -> Self {
        self.returns = ty;
        self
    }

    fn body(mut self, body: TokenStream) -> Self {
        self.body = body;
        self
    }
}
