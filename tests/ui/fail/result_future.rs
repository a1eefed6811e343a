use larder::cached;

use std::future::Future;
use std::pin::Pin;

struct Row;

#[cached]
fn opaque(n: u64) -> impl Future<Output = Row> { async move { let _ = n; Row } }

#[cached]
fn boxed(n: u64) -> Pin<Box<dyn Future<Output = Row>>> { Box::pin(async move { let _ = n; Row }) }

#[cached]
fn no_output(n: u64) -> Pin<Box<dyn Future>> { Box::pin(async move { n }) }

fn main() {
    drop((opaque(1), opaque::peek(1)));
    drop((boxed(1), boxed::peek(1)));
}
