// #[cached(ttl = |page| page.max_age, cache_if = |page| page.is_public(), bypass = fresh, skip(fresh), companions = false)]
// fn page(url: &str, fresh: bool) -> Page {
//     fetch(url, fresh)
// }

fn page(url: &str, fresh: bool) -> Page {
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
        let __larder_returns = ::larder::private::Returns::<Page>::new();
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
    let mut __larder_plan = {
        ::larder::private::Plan::of(::larder::private::Parts::new().text(&url))
            .instance(__larder_instance)
    }
        .bypass(fresh);
    ::larder::private::call(
        &__LARDER_SITE,
        &mut __larder_plan,
        &__larder_how(),
        move || -> Page { fetch(url, fresh) },
    )
}
