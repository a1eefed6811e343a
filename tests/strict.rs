//! Generated code where lints are errors. `cargo clippy --all-targets` looks at this file too.
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic, unreachable_pub, unused_qualifications)]
#![deny(missing_debug_implementations, missing_copy_implementations, unused_lifetimes, single_use_lifetimes)]
#![deny(rust_2018_idioms, unused_results, trivial_casts, trivial_numeric_casts, let_underscore_drop)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]

/// Functions that others see.
pub mod public {
    use ::larder::cached;
    use ::std::option::Option;
    use ::std::result::Result;
    use ::std::string::String;
    use ::std::vec::Vec;

    /// Plain.
    #[cached]
    #[must_use]
    pub fn plain(n: u64) -> u64 {
        n
    }

    /// With everything.
    ///
    /// # Errors
    /// When the team is empty.
    #[cached(ttl = "1h30m", key = "user:{team}:{id:>5}", tags = ["users", "team:{team}"], skip(db), cache_if = |v| v.as_ref().is_ok_and(|v| v.len() > 2))]
    pub async fn user(db: &Db, team: &str, id: u64) -> Result<String, String> {
        let _ = db;
        ::std::future::ready(()).await;
        if team.is_empty() {
            Result::Err(::std::string::String::new())
        } else {
            Result::Ok(::std::format!("{team}{id}"))
        }
    }

    /// Generic.
    #[cached(handler = "ram", ttl = |v| v.is_some_and_seconds(), cache_none)]
    #[allow(clippy::missing_panics_doc)]
    pub fn generic<'a, T, const N: usize>(first: &'a [T; N], by: &'a str) -> Option<Vec<T>>
    where
        T: ::std::hash::Hash + ::std::clone::Clone + ::std::marker::Send + ::std::marker::Sync + 'static,
    {
        ::std::assert!(!by.is_empty());
        Option::Some(first.to_vec())
    }

    /// With arguments that are patterns.
    #[allow(clippy::bool_to_int_with_if)]
    #[must_use]
    #[cached(bypass = c, refresh = false, name = "patterns", version = 3)]
    pub fn patterns((a, b): (u8, u8), mut c: bool, _: &str) -> u8 {
        c = !c;
        a + b + if c { 1 } else { 0 }
    }

    /// Never gives a result.
    ///
    /// # Panics
    /// Always.
    #[cached]
    #[must_use]
    pub fn endless(name: String) -> u8 {
        ::std::panic!("{name}")
    }

    /// Never gives a result, later.
    ///
    /// # Panics
    /// Always.
    #[cached]
    pub async fn endless_later(name: String) -> Vec<u8> {
        ::std::future::ready(()).await;
        ::std::panic!("{name}")
    }

    /// Uses nothing.
    #[cached(skip(_name))]
    #[must_use]
    pub fn unused(_name: String, n: u8) -> u8 {
        n
    }

    /// Nothing given back.
    #[cached]
    pub fn unit(name: String) {
        ::std::mem::drop(name);
    }

    /// A skipped argument of a type that is in nothing else.
    #[cached(skip(db, other))]
    #[must_use]
    pub fn borrowed<'a>(db: &'a Db, other: &'a Db, name: &'static str) -> &'static str {
        let _: (&'a Db, &'a Db) = (db, other);
        name
    }

    /// Too many arguments for clippy, which was told so.
    #[cached(key = a + b)]
    #[expect(clippy::too_many_arguments)]
    #[must_use]
    pub fn many(a: u8, b: u8, c: u8, ab: u8, bc: u8, cd: u8, de: u8, ef: u8) -> u8 {
        a + b + c + ab + bc + cd + de + ef
    }

    trait Seconds {
        fn is_some_and_seconds(&self) -> u64;
    }

    impl<T> Seconds for Option<T> {
        fn is_some_and_seconds(&self) -> u64 {
            self.as_ref().map_or(0, |_| 30)
        }
    }

    /// A type that has no key.
    #[derive(Clone, Copy, Debug)]
    pub struct Db;

    impl Db {
        /// A method.
        #[cached(skip(self), companions)]
        #[must_use]
        pub fn method(&self, n: u64) -> u64 {
            n
        }

        /// An associated function.
        #[cached(ttl = 5)]
        #[must_use]
        pub fn associated(n: u64) -> Option<u64> {
            Option::Some(n)
        }
    }
}

mod private {
    #[::larder::cached]
    fn hidden(n: u64) -> u64 {
        n
    }

    #[::larder::cached(companions = false)]
    pub(super) fn seen(n: u64) -> u64 {
        hidden(n)
    }
}

#[::std::prelude::v1::test]
fn lints_find_nothing() {
    let _lab = ::larder::test::lab();
    ::std::assert_eq!(private::seen(2), 2);
    ::std::assert_eq!(public::patterns((1, 2), false, ""), 4);
    ::std::assert_eq!(public::patterns::peek((1, 2), false, "").unwrap(), ::std::option::Option::Some(4));
}

/// Arguments that clippy would have otherwise.
pub mod arguments {
    use ::larder::cached;
    use ::std::option::Option;
    use ::std::string::String;
    use ::std::vec::Vec;

    /// By value, by reference, both of the wrong kind.
    #[allow(clippy::ptr_arg, clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref, clippy::ref_option)]
    #[must_use]
    #[cached]
    #[allow(clippy::cast_lossless)]
    pub fn wrong(a: String, b: &Vec<u8>, c: &u8, d: &Option<u8>, more: &mut u8) -> usize {
        a.len() + b.len() + (*c as usize) + d.map_or(0, |d| d as usize) + (*more as usize)
    }

    /// Right ones, from which clippy would make wrong ones if it saw them as references.
    #[must_use]
    #[cached(key = (a, b, c, d), ttl = if c > 5 { 5 } else { 10 }, tags = ["a:{a}", "b:{b:?}"])]
    #[allow(clippy::cast_lossless)]
    pub fn right(a: &str, b: Vec<u8>, c: u8, d: Option<u8>, boxed: ::std::boxed::Box<u8>) -> usize {
        ::std::mem::drop(boxed);
        let all = [a.len(), b.len(), c as usize, d.map_or(0, |d| d as usize)];
        ::std::mem::drop(b);
        all.len()
    }
}
