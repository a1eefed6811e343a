// #[cached(ttl = |page| page.max_age, cache_if = |page| page.is_public(), bypass = fresh, skip(fresh), companions = false)]
// fn page(url: &str, fresh: bool) -> Page {
//     fetch(url, fresh)
// }

fn page(url: &str, fresh: bool) -> Page {
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
        ::larder::private::Recorder::argument(&mut __larder_key, &url);
        ::larder::private::Plan::new(__larder_key)
            .instance(::larder::private::Instance::of(&|| ()))
    }
        .bypass(fresh);
    let __larder_how = {
        let __larder_returns = ::larder::private::Returns::<Page>::new();
        let __larder_outcome = (&&&__larder_returns).larder_outcome();
        let __larder_codec = (&&__larder_returns.kept(__larder_outcome)).larder_codec();
        __larder_returns
            .how(__larder_outcome, __larder_codec, (&&__larder_returns).larder_share())
            .policy(|__larder_result: &Page| {
                ::larder::private::Verdict::store()
                    .only_if(
                        ::larder::private::passes(
                            __larder_result,
                            #[allow(
                                clippy::redundant_closure,
                                clippy::redundant_closure_for_method_calls
                            )]
                            |page| page.is_public(),
                        ),
                    )
                    .ttl(
                        ::larder::private::ttl_of(
                            __larder_result,
                            #[allow(
                                clippy::redundant_closure,
                                clippy::redundant_closure_for_method_calls
                            )]
                            |page| page.max_age,
                        ),
                    )
            })
    };
    ::larder::private::call(
        &__LARDER_SITE,
        __larder_plan,
        __larder_how,
        move || -> Page { fetch(url, fresh) },
    )
}
