#![allow(missing_docs)]
//! What `#[cached(..)]` expands to, by hand.
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
static RUNS: AtomicU32 = AtomicU32::new(0);

// ---- #[cached(ttl = 30, tags = ["t:{n}"])] fn square(n: u64) -> u64 { .. }
fn square(n: u64) -> u64 {
    #[allow(unused_imports)]
    use ::larder::private::levels::*;
    let __larder_plan = square::__larder_plan(&n);
    let __larder_returns = ::larder::private::Returns::<u64>::new();
    let __larder_outcome = (&&&__larder_returns).outcome();
    __larder_returns.require_value(__larder_outcome);
    ::larder::private::call(
        square::__larder_site(),
        __larder_plan,
        ::larder::private::How {
            outcome: __larder_outcome,
            codec: (&&__larder_returns.kept(__larder_outcome)).codec(),
            share: (&&__larder_returns).share(),
            policy: |__larder_result: &u64| {
                ::larder::private::Verdict::store().only_if(::larder::private::passes(__larder_result, |v| *v > 0))
            },
        },
        move || -> u64 {
            RUNS.fetch_add(1, SeqCst);
            n * n
        },
    )
}
#[allow(non_camel_case_types, dead_code)]
struct square {}
#[allow(dead_code)]
impl square {
    #[doc(hidden)]
    fn __larder_site() -> &'static ::larder::private::Site {
        static __LARDER_SITE: ::larder::private::Site = {
            fn here() {}
            #[allow(unused_imports)]
            use ::larder::private::levels::*;
            ::larder::private::Site::new(
                ::larder::private::Spec::new(
                    || ::core::any::type_name_of_val(&here),
                    ::core::file!(),
                    ::core::line!(),
                    ::larder::private::fallback,
                )
                .ttl(|| ::larder::private::Ttl::from(30))
                .storable(::larder::private::first(
                    ::larder::private::AsResult::<u64>::CHECK,
                    ::larder::private::AsOption::<u64>::CHECK,
                    ::larder::private::AsPlain::<u64>::CHECK,
                )),
            )
        };
        ::larder::private::inventory::submit! { ::larder::private::Registered(&__LARDER_SITE) }
        &__LARDER_SITE
    }
    #[doc(hidden)]
    fn __larder_plan(n: &u64) -> ::larder::private::Plan {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        let mut __larder_key = ::larder::private::Recorder::new();
        (&&&&::larder::private::Argument(n)).record(&mut __larder_key);
        ::larder::private::Plan::new(__larder_key).tag(::core::format_args!("t:{}", n))
    }
    pub fn invalidate(n: u64) -> ::core::result::Result<(), ::larder::private::Error> {
        ::larder::private::block_on(::larder::private::invalidate(Self::__larder_site(), Self::__larder_plan(&n)))
    }
    pub fn peek(n: u64) -> ::core::result::Result<Option<u64>, ::larder::private::Error> {
        #[allow(unused_imports)]
        use ::larder::private::levels::*;
        let r = ::larder::private::Returns::<u64>::new();
        let o = (&&&r).outcome();
        ::larder::private::block_on(::larder::private::peek_whole(
            Self::__larder_site(),
            Self::__larder_plan(&n),
            o,
            (&&r.kept(o)).codec(),
        ))
    }
    pub fn refresh(n: u64) -> u64 {
        ::larder::private::with_mode(Self::__larder_site(), ::larder::private::Mode::Refresh, || square(n))
    }
    pub fn stats() -> ::larder::private::Stats {
        ::larder::private::stats(Self::__larder_site())
    }
}

// ---- generic, async, no companions, an error that is not Send
async fn load<T: std::fmt::Debug + std::hash::Hash + Clone + Send + Sync + 'static>(
    t: T,
    s: &str,
) -> Result<Vec<T>, Box<dyn std::error::Error>> {
    #[allow(unused_imports)]
    use ::larder::private::levels::*;
    static __LARDER_SITE: ::larder::private::Site = {
        fn here() {}
        ::larder::private::Site::new(::larder::private::Spec::new(
            || ::core::any::type_name_of_val(&here),
            ::core::file!(),
            ::core::line!(),
            ::larder::private::fallback,
        ))
    };
    let mut __k = ::larder::private::Recorder::new();
    (&&&&::larder::private::Argument(&t)).record(&mut __k);
    (&&&&::larder::private::Argument(&s)).record(&mut __k);
    let __plan = ::larder::private::Plan::new(__k).instance(&|| ());
    let r = ::larder::private::Returns::<Result<Vec<T>, Box<dyn std::error::Error>>>::new();
    let o = (&&&r).outcome();
    (&&r)
        .call_async(
            &__LARDER_SITE,
            __plan,
            ::larder::private::How {
                outcome: o,
                codec: (&&r.kept(o)).codec(),
                share: (&&r).share(),
                policy: |_: &_| ::larder::private::Verdict::store(),
            },
            move || async move {
                if false {
                    return ::larder::private::never::<Result<Vec<T>, Box<dyn std::error::Error>>>();
                }
                tokio::task::yield_now().await;
                if s.is_empty() {
                    return Err("empty".into());
                }
                Ok(vec![t])
            },
        )
        .await
}

fn assert_send<T: Send>(t: T) -> T {
    t
}

#[test]
fn sync_works() {
    assert_eq!((square(3), square(3), RUNS.load(SeqCst)), (9, 9, 1));
    square::invalidate(3).unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    assert_eq!((square(3), RUNS.load(SeqCst)), (9, 2));
    assert_eq!(square::peek(3).unwrap(), Some(9));
    assert_eq!((square::refresh(3), RUNS.load(SeqCst)), (9, 3));
    assert_eq!((square(0), square(0), RUNS.load(SeqCst)), (0, 0, 5));
    larder::cache().blocking().invalidate_tag("t:3").unwrap();
    assert_eq!(square::peek(3).unwrap(), None);
    println!("{:?} {:?}", square::stats(), larder::cache().stats());
}
#[tokio::test]
async fn async_works() {
    let got = assert_send(load(5u8, "x"));
    assert_eq!(got.await.unwrap(), vec![5u8]);
    assert_eq!(load(5u64, "x").await.unwrap(), vec![5u64]);
    assert!(load(5u64, "").await.is_err());
    println!("{:?}", larder::cache().stats());
}
