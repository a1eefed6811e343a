//! The crate `cached`, by its own attributes. They take numbers only, so `TTL`, `ENTRIES` and `HELD` stand here once more.

/// The functions under one of its attributes. Each store is a static of its own.
macro_rules! annotated {
    ($name:ident: #[$attribute:meta]) => {
        pub mod $name {
            use std::sync::Arc;

            use crate::shape::{Number, Row, Shape, Shared, Text};

            #[$attribute]
            pub fn number(id: u64) -> u64 {
                Number::body(id)
            }

            #[$attribute]
            pub fn text(name: &str, id: u64) -> String {
                Text::write(name, id)
            }

            #[$attribute]
            pub fn shared(id: u64) -> Arc<Row> {
                Shared::body(id)
            }

            #[$attribute]
            pub async fn async_number(id: u64) -> u64 {
                Number::body(id)
            }

            #[$attribute]
            pub async fn async_text(name: &str, id: u64) -> String {
                Text::write(name, id)
            }
        }
    };
}

annotated!(bare: #[cached::macros::cached]);
annotated!(timed: #[cached::macros::cached(ttl_secs = 3600, max_size = 20_000)]);
annotated!(concurrent: #[cached::macros::concurrent_cached(ttl_secs = 3600, max_size = 20_000)]);

/// With fewer entries than there are keys, for the misses.
pub mod zipf {
    use crate::shape::{Number, Shape};

    #[cached::macros::cached(ttl_secs = 3600, max_size = 10_000)]
    pub fn timed(id: u64) -> u64 {
        Number::body(id)
    }

    #[cached::macros::cached(max_size = 10_000)]
    pub fn lru(id: u64) -> u64 {
        Number::body(id)
    }

    #[cached::macros::concurrent_cached(ttl_secs = 3600, max_size = 10_000)]
    pub fn concurrent(id: u64) -> u64 {
        Number::body(id)
    }

    #[cached::macros::concurrent_cached(max_size = 10_000)]
    pub fn concurrent_lru(id: u64) -> u64 {
        Number::body(id)
    }
}
