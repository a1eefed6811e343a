// impl<T: Hash> Repo<T> {
//     #[cached(companions)]
//     async fn load(self: Arc<Self>, n: u64) -> Option<u64> {
//         Some(n)
//     }
// }

impl<T: Hash> Repo<T> {
    async fn load(self: Arc<Self>, n: u64) -> Option<u64> {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        let __larder_plan = Self::__larder_plan_beside_load(&self, &n);
        if let ::core::option::Option::Some(__larder_hit) = Self::__larder_how_beside_load()
            .hit(Self::__larder_site_beside_load(), &__larder_plan)
        {
            if let ::core::option::Option::Some(__larder_value) = Self::__larder_how_beside_load()
                .value_of(&__larder_hit)
            {
                return Self::__larder_how_beside_load().give(__larder_value);
            }
        }
        (&&::larder::private::Returns::<Option<u64>>::new())
            .larder_call_async(
                Self::__larder_site_beside_load(),
                __larder_plan,
                Self::__larder_how_beside_load(),
                move || async move {
                    if false {
                        return ::larder::private::never::<Option<u64>>();
                    }
                    Some(n)
                },
            )
            .await
    }
    #[doc(hidden)]
    fn __larder_site_beside_load() -> &'static ::larder::private::Site {
        static __LARDER_SITE: ::larder::private::Site = {
            fn here() {}
            ::larder::private::Site::new(::larder::private::spec!(here))
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
    fn __larder_plan_beside_load(self: &Arc<Self>, n: &u64) -> ::larder::private::Plan {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        let mut __larder_key = ::larder::private::Recorder::new();
        (&&&&::larder::private::Argument(&self)).larder_record_self(&mut __larder_key);
        ::larder::private::Recorder::exact(&mut __larder_key, n);
        ::larder::private::Plan::new(__larder_key)
            .instance(::larder::private::Instance::of(&|| ()))
    }
    #[doc(hidden)]
    fn __larder_how_beside_load() -> ::larder::private::How<Option<u64>, u64> {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        ::larder::private::written({
            let __larder_returns = ::larder::private::Returns::<Option<u64>>::new();
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
        })
    }
    ///Drops the result of [`load`](Self::load) for these arguments.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    #[allow(dead_code, clippy::used_underscore_binding)]
    async fn load_invalidate(
        self: &Arc<Self>,
        n: u64,
    ) -> ::core::result::Result<(), ::larder::Error> {
        ::larder::private::invalidate(
                Self::__larder_site_beside_load(),
                Self::__larder_plan_beside_load(self, &n),
            )
            .await
    }
    ///Drops everything that [`load`](Self::load) has stored.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    #[allow(dead_code, clippy::used_underscore_binding)]
    async fn load_clear() -> ::core::result::Result<(), ::larder::Error> {
        ::larder::private::clear(Self::__larder_site_beside_load()).await
    }
    ///What [`load`](Self::load) has stored for these arguments, if it is fresh. Nothing is run.
    ///
    /**# Errors

When the function's handler is not there. One that cannot be reached is a miss.*/
    #[allow(dead_code, clippy::used_underscore_binding)]
    async fn load_peek(
        self: &Arc<Self>,
        n: u64,
    ) -> ::core::result::Result<::core::option::Option<u64>, ::larder::Error> {
        ::larder::private::peek(
                Self::__larder_site_beside_load(),
                Self::__larder_plan_beside_load(self, &n),
                Self::__larder_how_beside_load(),
            )
            .await
    }
    ///Stores a result of [`load`](Self::load) without a run: the whole result, or the value inside of its `Ok` or `Some`. What the function's attributes do not store is not stored.
    ///
    /**# Errors

When the function's handler is not there, cannot be reached, or cannot keep the result.*/
    #[allow(dead_code, clippy::used_underscore_binding)]
    fn load_prime<__LarderForm>(
        self: &Arc<Self>,
        n: u64,
        value: impl ::larder::private::Prime<Option<u64>, __LarderForm>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), ::larder::Error>,
    > {
        ::larder::private::prime(
            Self::__larder_site_beside_load(),
            Self::__larder_plan_beside_load(self, &n),
            Self::__larder_how_beside_load(),
            value,
        )
    }
    ///Runs [`load`](Self::load), stores its result in place of what was stored, and gives it.
    #[allow(dead_code, clippy::used_underscore_binding)]
    async fn load_refresh(self: Arc<Self>, n: u64) -> Option<u64> {
        ::larder::private::in_mode_async(
                Self::__larder_site_beside_load(),
                ::larder::private::Mode::Refresh,
                Self::load(self, n),
            )
            .await
    }
    ///Runs [`load`](Self::load), and touches no cache.
    #[allow(dead_code, clippy::used_underscore_binding)]
    async fn load_uncached(self: Arc<Self>, n: u64) -> Option<u64> {
        ::larder::private::in_mode_async(
                Self::__larder_site_beside_load(),
                ::larder::private::Mode::Uncached,
                Self::load(self, n),
            )
            .await
    }
    ///What happened to the calls of [`load`](Self::load) so far.
    #[allow(dead_code, clippy::used_underscore_binding)]
    #[must_use]
    fn load_stats() -> ::larder::Stats {
        ::larder::private::stats(Self::__larder_site_beside_load())
    }
}
