// #[cached(key = (x, a), companions = false)]
// fn sum(Point { x, .. }: Point, (a, mut b): (u8, u8), mut n: u8, _: u8) -> u8 {
//     b += n;
//     n = x;
//     a + b + n
// }

fn sum(__arg0: Point, __arg1: (u8, u8), n: u8, __arg3: u8) -> u8 {
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
        let __larder_returns = ::larder::private::Returns::<u8>::new();
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
    let mut __larder_plan = {
        let __arg0 = &__arg0;
        #[allow(unused_variables)]
        let Point { x, .. } = __arg0;
        let __arg1 = &__arg1;
        #[allow(unused_variables)]
        let (a, b) = __arg1;
        let mut __larder_key = ::larder::private::Recorder::new();
        (&&&&::larder::private::Argument(&x)).larder_record_key(&mut __larder_key);
        (&&&&::larder::private::Argument(&a)).larder_record_key(&mut __larder_key);
        ::larder::private::Plan::new(__larder_key).instance(__larder_instance)
    };
    ::larder::private::call(
        &__LARDER_SITE,
        &mut __larder_plan,
        &__larder_how(),
        move || -> u8 {
            #[allow(
                unused_variables,
                clippy::shadow_same,
                clippy::no_effect_underscore_binding,
                clippy::used_underscore_binding
            )]
            let __arg0 = __arg0;
            let Point { x, .. } = __arg0;
            #[allow(
                unused_variables,
                clippy::shadow_same,
                clippy::no_effect_underscore_binding,
                clippy::used_underscore_binding
            )]
            let __arg1 = __arg1;
            let (a, mut b) = __arg1;
            let mut n = n;
            #[allow(clippy::diverging_sub_expression)]
            let __larder_result: u8 = {
                b += n;
                n = x;
                a + b + n
            };
            #[allow(unreachable_code)] return __larder_result;
        },
    )
}
