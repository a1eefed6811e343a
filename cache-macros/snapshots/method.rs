// impl Repo {
//     #[cached(skip(self))]
//     fn load(&self, n: u64) -> u64 {
//         n
//     }
// }

impl Repo {
    fn load(&self, n: u64) -> u64 {
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
        };
        let __larder_probe = ::larder::private::Words::new().with(&n);
        ::larder::private::call_of(
            &__LARDER_SITE,
            __larder_probe,
            ::core::option::Option::Some(__larder_instance),
            || __larder_how(),
            move || -> u64 { n },
        )
    }
}
