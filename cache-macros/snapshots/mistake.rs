// #[cached(tll = 30)]
// fn square(n: u64) -> u64 {
//     n * n
// }

fn square(n: u64) -> u64 {
    n * n
}
::core::compile_error! {
    "`tll` is no attribute of `cached`: did you mean `ttl`?"
}
///Operations on what [`square`](fn@square) has cached.
#[allow(
    non_camel_case_types,
    dead_code,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct square {}
#[allow(dead_code, clippy::used_underscore_binding)]
impl square {
    ///Drops the result of [`square`](fn@square) for these arguments.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    #[allow(unused_variables, clippy::unused_async)]
    fn invalidate(n: u64) -> ::core::result::Result<(), ::larder::Error> {
        ::core::unimplemented!()
    }
    ///Drops everything that [`square`](fn@square) has stored.
    ///
    /**# Errors

When the handler cannot be reached. The invalidation is then repeated before the handler is read again.*/
    #[allow(unused_variables, clippy::unused_async)]
    fn clear() -> ::core::result::Result<(), ::larder::Error> {
        ::core::unimplemented!()
    }
    ///What [`square`](fn@square) has stored for these arguments, if it is fresh. Nothing is run.
    ///
    /**# Errors

When the function's handler is not there. One that cannot be reached is a miss.*/
    #[allow(unused_variables, clippy::unused_async)]
    fn peek(
        n: u64,
    ) -> ::core::result::Result<::core::option::Option<u64>, ::larder::Error> {
        ::core::unimplemented!()
    }
    ///Stores a result of [`square`](fn@square) without a run: the whole result, or the value inside of its `Ok` or `Some`. What the function's attributes do not store is not stored.
    ///
    /**# Errors

When the function's handler is not there, cannot be reached, or cannot keep the result.*/
    #[allow(unused_variables, clippy::unused_async)]
    fn prime<__LarderForm>(
        n: u64,
        value: impl ::larder::private::Prime<u64, __LarderForm>,
    ) -> ::core::result::Result<(), ::larder::Error> {
        ::core::unimplemented!()
    }
    ///Runs [`square`](fn@square), stores its result in place of what was stored, and gives it.
    #[allow(unused_variables, clippy::unused_async)]
    fn refresh(n: u64) -> u64 {
        ::core::unimplemented!()
    }
    ///Runs [`square`](fn@square), and touches no cache.
    #[allow(unused_variables, clippy::unused_async)]
    fn uncached(n: u64) -> u64 {
        ::core::unimplemented!()
    }
    ///What happened to the calls of [`square`](fn@square) so far.
    #[must_use]
    #[allow(unused_variables, clippy::unused_async)]
    fn stats() -> ::larder::Stats {
        ::core::unimplemented!()
    }
}
