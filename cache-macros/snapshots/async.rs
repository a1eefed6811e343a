// #[cached(handler = "redis", ttl = "5m", key = "user:{team}:{id}", tags = ["users", "team:{team}"], skip(db), companions = false)]
// async fn user(db: &Db, team: &str, id: u64) -> Result<User, DbError> {
//     db.load(team, id).await
// }

async fn user(db: &Db, team: &str, id: u64) -> Result<User, DbError> {
    #[allow(unused_imports)]
    use ::larder::private::levels::*;
    static __LARDER_SITE: ::larder::private::Site = {
        fn here() {}
        ::larder::private::Site::new(
            ::larder::private::spec!(here)
                .handler("redis")
                .ttl(|| ::larder::private::Ttl::For(
                    ::core::time::Duration::new(300u64, 0u32),
                ))
                .template(&["user:", ":", ""]),
        )
    };
    ::larder::private::inventory::submit! {
        ::larder::private::Registered(& __LARDER_SITE)
    }
    let __larder_instance = ::larder::private::Instance::of(&|| ());
    let __larder_how = || {
        let __larder_returns = ::larder::private::Returns::<
            Result<User, DbError>,
        >::new();
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
    let __larder_returns = ::larder::private::Returns::<Result<User, DbError>>::new();
    __larder_returns.require_bytes((&&&__larder_returns).larder_outcome());
    let __larder_plan = {
        let mut __larder_key = ::larder::private::Recorder::new();
        ::larder::private::Recorder::display(
            &mut __larder_key,
            ::core::format_args!("{}", team),
        );
        ::larder::private::Recorder::display(
            &mut __larder_key,
            ::core::format_args!("{}", id),
        );
        ::larder::private::Plan::new(__larder_key)
            .instance(__larder_instance)
            .tag(::core::format_args!("users"))
            .tag(::core::format_args!("team:{}", team))
    };
    (&&::larder::private::Returns::<Result<User, DbError>>::new())
        .larder_call_async(
            &__LARDER_SITE,
            __larder_plan,
            __larder_how(),
            move || async move {
                if false {
                    return ::larder::private::never::<Result<User, DbError>>();
                }
                db.load(team, id).await
            },
        )
        .await
}
