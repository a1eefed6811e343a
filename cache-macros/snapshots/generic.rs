// #[cached(companions = false)]
// fn first<'a, T, const N: usize>(items: &'a [T; N], by: impl Fn(&T) -> u64 + Hash) -> Option<T>
// where
//     T: Hash + Clone + Send + Sync + 'static,
// {
//     items.iter().min_by_key(|item| by(item)).cloned()
// }

fn first<'a, T, const N: usize>(
    items: &'a [T; N],
    by: impl Fn(&T) -> u64 + Hash,
) -> Option<T>
where
    T: Hash + Clone + Send + Sync + 'static,
{
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
        let __larder_returns = ::larder::private::Returns::<Option<T>>::new();
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
        let mut __larder_key = ::larder::private::Recorder::new();
        (&&&&::larder::private::Argument(&items)).larder_record(&mut __larder_key);
        (&&&&::larder::private::Argument(&by)).larder_record(&mut __larder_key);
        ::larder::private::Plan::new(__larder_key).instance(__larder_instance)
    };
    ::larder::private::call(
        &__LARDER_SITE,
        &mut __larder_plan,
        &__larder_how(),
        move || -> Option<T> {
            #[allow(unused_variables, clippy::shadow_same)]
            let by = by;
            #[allow(clippy::diverging_sub_expression)]
            let __larder_result: Option<T> = {
                items.iter().min_by_key(|item| by(item)).cloned()
            };
            #[allow(unreachable_code)] return __larder_result;
        },
    )
}
