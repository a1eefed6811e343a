// #[cached(companions = false)]
// fn square(n: u64) -> u64 {
//     n * n
// }

fn square(n: u64) -> u64 {
    #[allow(unused_imports)]
    use ::larder::private::levels::*;
    static __LARDER_SITE: ::larder::private::Site = {
        fn here() {}
        ::larder::private::Site::new(
            ::larder::private::Spec::new(
                || ::core::any::type_name_of_val(&here),
                ::core::file!(),
                ::core::line!(),
                ::larder::private::fallback,
            ),
        )
    };
    ::larder::private::inventory::submit! {
        ::larder::private::Registered(& __LARDER_SITE)
    }
    let __larder_plan = {
        let mut __larder_key = ::larder::private::Recorder::new();
        ::larder::private::Recorder::argument(&mut __larder_key, &n);
        ::larder::private::Plan::new(__larder_key)
            .instance(::larder::private::Instance::of(&|| ()))
    };
    let __larder_how = {
        let __larder_returns = ::larder::private::Returns::<u64>::new();
        let __larder_outcome = (&&&__larder_returns).larder_outcome();
        let __larder_codec = (&&__larder_returns.kept(__larder_outcome)).larder_codec();
        __larder_returns
            .how(__larder_outcome, __larder_codec, (&&__larder_returns).larder_share())
    };
    ::larder::private::call(
        &__LARDER_SITE,
        __larder_plan,
        __larder_how,
        move || -> u64 { n * n },
    )
}
