// #[cached]
// fn square(n: u64) -> u64 {
//     n * n
// }

fn square(n: u64) -> u64 {
    let __larder_probe = ::larder::private::Words::new().with(&n);
    ::larder::private::call_of(
        <square>::__larder_site(),
        __larder_probe,
        ::core::option::Option::None,
        || <square>::__larder_how(),
        move || -> u64 { n * n },
    )
}
///Operations on what [`square`](fn@square) has cached.
#[allow(
    non_camel_case_types,
    dead_code,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct square {}
#[allow(dead_code, clippy::used_underscore_binding)]
impl square {
    #[doc(hidden)]
    fn __larder_site() -> &'static ::larder::private::Site {
        static __LARDER_SITE: ::larder::private::Site = {
            #[allow(unused_imports)]
            use ::larder::private::levels::*;
            fn here() {}
            ::larder::private::Site::new(
                ::larder::private::spec!(here)
                    .storable(
                        ::larder::private::first(
                            ::larder::private::AsResult::<u64>::CHECK,
                            ::larder::private::AsOption::<u64>::CHECK,
                            ::larder::private::AsPlain::<u64>::CHECK,
                        ),
                    ),
            )
        };
        ::larder::private::inventory::submit! {
            ::larder::private::Registered(& __LARDER_SITE)
        }
        &__LARDER_SITE
    }
    #[doc(hidden)]
    #[allow(
        unused_variables,
        clippy::borrowed_box,
        clippy::ptr_arg,
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref
    )]
    fn __larder_plan(n: &u64) -> ::larder::private::Plan {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        ::larder::private::Plan::of(::larder::private::Words::new().with(&*n))
    }
    #[doc(hidden)]
    fn __larder_how() -> ::larder::private::How<u64, impl ::core::marker::Sized> {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        let __larder_returns = ::larder::private::Returns::<u64>::new();
        let __larder_outcome = (&&&__larder_returns).larder_outcome();
        let __larder_codec = (&&&&__larder_returns.kept(__larder_outcome))
            .larder_codec();
        __larder_returns
            .how(
                __larder_outcome,
                __larder_codec,
                (&&__larder_returns).larder_share(),
                ::larder::private::short(),
            )
    }
    ///Drops the result of [`square`](fn@square) for these arguments.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    fn invalidate(n: u64) -> ::core::result::Result<(), ::larder::Error> {
        ::larder::private::blocking::invalidate(
            <square>::__larder_site(),
            <square>::__larder_plan(&n),
        )
    }
    ///Drops everything that [`square`](fn@square) has stored.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    fn clear() -> ::core::result::Result<(), ::larder::Error> {
        ::larder::private::blocking::clear(<square>::__larder_site())
    }
    ///What [`square`](fn@square) has stored for these arguments, if it is fresh. Nothing is run.
    ///
    /**# Errors

When the function's handler is not there. One that cannot be reached is a miss.*/
    fn peek(
        n: u64,
    ) -> ::core::result::Result<::core::option::Option<u64>, ::larder::Error> {
        ::larder::private::blocking::peek_whole(
            <square>::__larder_site(),
            <square>::__larder_plan(&n),
            <square>::__larder_how(),
        )
    }
    ///Stores a result of [`square`](fn@square) without a run: the whole result, or the value inside of its `Ok` or `Some`. What the function's attributes do not store is not stored.
    ///
    /**# Errors

When the function's handler is not there, cannot be reached, or cannot keep the result.*/
    fn prime<__LarderForm>(
        n: u64,
        value: impl ::larder::private::Prime<u64, __LarderForm>,
    ) -> ::core::result::Result<(), ::larder::Error> {
        ::larder::private::blocking::prime(
            <square>::__larder_site(),
            <square>::__larder_plan(&n),
            <square>::__larder_how(),
            value,
        )
    }
    ///Runs [`square`](fn@square), stores its result in place of what was stored, and gives it.
    fn refresh(n: u64) -> u64 {
        let __larder_mode = ::larder::private::in_mode(
            <square>::__larder_site(),
            ::larder::private::Mode::Refresh,
        );
        square(n)
    }
    ///Runs [`square`](fn@square), and touches no cache.
    fn uncached(n: u64) -> u64 {
        let __larder_mode = ::larder::private::in_mode(
            <square>::__larder_site(),
            ::larder::private::Mode::Uncached,
        );
        square(n)
    }
    ///What happened to the calls of [`square`](fn@square) so far.
    #[must_use]
    fn stats() -> ::larder::Stats {
        ::larder::private::stats(<square>::__larder_site())
    }
}
