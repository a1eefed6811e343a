//! The functions among the companions.

mod write;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::{at, how};
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
        let (private, site, plan) = (self.private(), self.site(), self.plan());
        let end = self.end(&quote!(#private::invalidate(#site, __larder_plan)));
        Operation::new("invalidate", "Drops the result of {} for these arguments.", Takes::Key)
            .section(UNREACHABLE)
            .returns(self.fallible(&quote!(())))
            .body(quote!(let __larder_plan = #plan; #end))
    }

    fn clear(&self) -> Operation {
        let (private, site) = (self.private(), self.site());
        Operation::new("clear", "Drops everything that {} has stored.", Takes::None)
            .section(UNREACHABLE)
            .returns(self.fallible(&quote!(())))
            .body(self.end(&quote!(#private::clear(#site))))
    }

    /// `Option<T>` where the return type is written as a `Result<T, ..>` or `Option<T>`. A signature can only be made of
    /// tokens, so the compiler is then asked whether `T` is what is stored indeed.
    fn peek(&self) -> Operation {
        let cached = self.cached;
        let (plan, statements) = (self.plan(), how::statements(cached));
        let whole = cached.args.cache_err.is_some() || cached.args.cache_none.is_some();
        // Here and in the function, what cannot be cached is said at one place, and so once.
        let (private, codec, span) = (cached.private_at_result(), how::codec(cached), cached.func.output.span());
        let (site, stored) = (at(span, self.site()), cached.func.output.inner().map(|inner| at(span, inner)));
        let (value, check, call) = match cached.func.output.inner().filter(|_| !whole) {
            Some(inner) => (
                inner,
                Some(quote_spanned!(span=>
                    let _: #private::Kept<#stored> = __larder_returns.kept(__larder_outcome);
                )),
                quote_spanned!(span=> #private::peek::<#stored>(#site, __larder_plan, #codec)),
            ),
            None => {
                let call = quote_spanned!(span=> #private::peek_whole(#site, __larder_plan, __larder_outcome, #codec));
                (cached.result(), None, call)
            }
        };
        let (levels, end) = (cached.levels(), at(span, self.end(&call)));
        Operation::new("peek", "What {} has stored for these arguments, if it is fresh. Nothing is run.", Takes::Key)
            .section(MISSING)
            .returns(self.fallible(&quote!(::core::option::Option<#value>)))
            .body(quote!(#levels let __larder_plan = #plan; #statements #check #end))
    }

    fn prime(&self) -> Operation {
        let cached = self.cached;
        let (private, span) = (cached.private_at_result(), cached.func.output.span());
        let (site, plan, result) = (at(span, self.site()), self.plan(), cached.result());
        let (levels, statements, how) = (cached.levels(), how::statements(cached), how::how(cached, true));
        let name = self.value_name();
        // A future that is made here, instead of an `async fn` that holds its arguments: the result need not be `Send`.
        let store = quote_spanned! {span=> {
            let __larder_result: #result = #private::Prime::whole(#name);
            #private::prime(#site, __larder_plan, #how, &__larder_result)
        }};
        let (end, returns) = (quote!(__larder_store), self.fallible(&quote!(())));
        let (end, returns) = if cached.func.is_async() {
            (at(span, end), at(span, quote!(impl ::core::future::Future<Output = #returns>)))
        } else {
            (at(span, quote!(#private::block_on(#end))), returns)
        };
        let docs = "Stores a result of {} without a run: the whole result, or the value inside of its `Ok` or `Some`. \
                    What the function's attributes do not store is not stored.";
        let mut operation = Operation::new("prime", docs, Takes::Key)
            .section(NOT_STORED)
            .returns(returns)
            .body(quote!(#levels let __larder_plan = #plan; #statements let __larder_store = #store; #end));
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
            quote!(#private::with_mode_async(#site, #private::Mode::#mode, #call).await)
        } else {
            quote!(#private::with_mode(#site, #private::Mode::#mode, || #call))
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
