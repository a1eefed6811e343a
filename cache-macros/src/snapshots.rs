//! What the attribute makes of functions of ten shapes, as it stands in `cache-macros/snapshots/`.
//!
//! `UPDATE_EXPECT=1 cargo test --package cache-macros snapshots` writes them anew: read what changed.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, ItemImpl};

/// The code that `#[cached(…)] fn …` becomes; in an impl, that of its only function.
fn expanded(source: &str) -> String {
    let file = match source.trim_start().starts_with("impl") {
        true => {
            let mut item: ItemImpl = syn::parse_str(source).unwrap();
            let function = item.items.remove(0);
            let functions = attributed(&quote::quote!(#function).to_string());
            let (generics, ty) = (&item.generics, &item.self_ty);
            quote::quote!(impl #generics #ty { #functions })
        }
        false => attributed(source),
    };
    prettyplease::unparse(&syn::parse2(file).unwrap())
}

fn attributed(source: &str) -> TokenStream {
    let split = |input: ParseStream<'_>| {
        let attribute = input.call(Attribute::parse_outer)?.remove(0);
        let args = attribute.meta.require_list().map_or_else(|_| TokenStream::new(), |list| list.tokens.clone());
        Ok((args, TokenStream::parse(input)?))
    };
    let (args, item) = split.parse_str(source).unwrap();
    crate::expand(args, &item)
}

fn check(source: &str, expected: &ExpectFile) {
    expected.assert_eq(&format!("// {}\n\n{}", source.trim().replace('\n', "\n// "), expanded(source)));
}

macro_rules! snapshots {
    ($($(#[$meta:meta])* $name:ident $file:literal: $source:literal;)*) => {$(
        $(#[$meta])*
        #[test]
        fn $name() {
            check($source, &expect_file![concat!("../snapshots/", $file, ".rs")]);
        }
    )*};
}
snapshots! {
    a_plain_function "plain": r#"
#[cached(companions = false)]
fn square(n: u64) -> u64 {
    n * n
}
"#;
    a_plain_function_with_its_companions "companions": r#"
#[cached]
fn square(n: u64) -> u64 {
    n * n
}
"#;
    an_async_function_with_most_attributes "async": r#"
#[cached(handler = "redis", ttl = "5m", key = "user:{team}:{id}", tags = ["users", "team:{team}"], skip(db), companions = false)]
async fn user(db: &Db, team: &str, id: u64) -> Result<User, DbError> {
    db.load(team, id).await
}
"#;
    a_result_that_is_asked_about "policy": r#"
#[cached(ttl = |page| page.max_age, cache_if = |page| page.is_public(), bypass = fresh, skip(fresh), companions = false)]
fn page(url: &str, fresh: bool) -> Page {
    fetch(url, fresh)
}
"#;
    a_generic_function "generic": r#"
#[cached(companions = false)]
fn first<'a, T, const N: usize>(items: &'a [T; N], by: impl Fn(&T) -> u64 + Hash) -> Option<T>
where
    T: Hash + Clone + Send + Sync + 'static,
{
    items.iter().min_by_key(|item| by(item)).cloned()
}
"#;
    arguments_that_are_patterns "patterns": r#"
#[cached(key = (x, a), companions = false)]
fn sum(Point { x, .. }: Point, (a, mut b): (u8, u8), mut n: u8, _: u8) -> u8 {
    b += n;
    n = x;
    a + b + n
}
"#;
    a_method "method": r#"
impl Repo {
    #[cached(skip(self))]
    fn load(&self, n: u64) -> u64 {
        n
    }
}
"#;
    a_method_with_its_companions "method_companions": r#"
impl<T: Hash> Repo<T> {
    #[cached(companions)]
    async fn load(self: Arc<Self>, n: u64) -> Option<u64> {
        Some(n)
    }
}
"#;
    a_method_under_async_trait "boxed": r#"
#[cached(companions = false)]
fn find<'life0, 'async_trait>(
    &'life0 self,
    id: u64,
) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Option<User>> + ::core::marker::Send + 'async_trait>>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    Box::pin(async move {
        let __self = self;
        __self.rows.get(id)
    })
}
"#;
    a_function_with_a_mistake "mistake": r#"
#[cached(tll = 30)]
fn square(n: u64) -> u64 {
    n * n
}
"#;
}

#[test]
fn a_plain_function_without_companions_becomes_at_most_forty_lines() {
    let code = expanded("#[cached(companions = false)] fn square(n: u64) -> u64 { n * n }");
    let lines = code.lines().count();
    assert!(lines <= 40, "{lines} lines:\n{code}");
}
