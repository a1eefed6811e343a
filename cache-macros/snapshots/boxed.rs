// #[cached(companions = false)]
// fn find<'life0, 'async_trait>(
//     &'life0 self,
//     id: u64,
// ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Option<User>> + ::core::marker::Send + 'async_trait>>
// where
//     'life0: 'async_trait,
//     Self: 'async_trait,
// {
//     Box::pin(async move {
//         let __self = self;
//         __self.rows.get(id)
//     })
// }

fn find<'life0, 'async_trait>(
    &'life0 self,
    id: u64,
) -> ::core::pin::Pin<
    Box<
        dyn ::core::future::Future<
            Output = Option<User>,
        > + ::core::marker::Send + 'async_trait,
    >,
>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    ::std::boxed::Box::pin(async move {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        static __LARDER_SITE: ::larder::private::Site = {
            fn here() {}
            ::larder::private::Site::new(::larder::private::spec!(here))
        };
        ::larder::private::inventory::submit! {
            ::larder::private::Registered(& __LARDER_SITE)
        }
        let __larder_instance = ::larder::private::Instance::of(&|| ());
        let __larder_how = || {
            let __larder_returns = ::larder::private::Returns::<Option<User>>::new();
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
        };
        let __larder_plan = {
            let mut __larder_key = ::larder::private::Recorder::new();
            (&&&&::larder::private::Argument(&self))
                .larder_record_self(&mut __larder_key);
            ::larder::private::Recorder::exact(&mut __larder_key, &id);
            ::larder::private::Plan::new(__larder_key).instance(__larder_instance)
        };
        if let ::core::option::Option::Some(__larder_hit) = __larder_how()
            .hit(&__LARDER_SITE, &__larder_plan)
        {
            if let ::core::option::Option::Some(__larder_value) = __larder_how()
                .value_of(&__larder_hit)
            {
                return __larder_how().give(__larder_value);
            }
        }
        (&&::larder::private::Returns::<Option<User>>::new())
            .larder_call_async(
                &__LARDER_SITE,
                __larder_plan,
                __larder_how(),
                move || -> ::core::pin::Pin<
                    Box<
                        dyn ::core::future::Future<
                            Output = Option<User>,
                        > + ::core::marker::Send + 'async_trait,
                    >,
                > {
                    Box::pin(async move {
                        let __self = self;
                        __self.rows.get(id)
                    })
                },
            )
            .await
    })
}
