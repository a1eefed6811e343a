//! Every shape of function that there is.
#![deny(warnings)]
#![allow(dead_code)]

use larder::cached;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

#[cached]
fn nothing() {}

#[cached]
fn unit(n: u64) -> () {
    let _ = n;
}

#[cached]
fn early(n: u64) -> Result<u64, String> {
    if n == 0 {
        return Err("zero".into());
    }
    let parsed: u64 = "5".parse().map_err(|_| String::new())?;
    Ok(n + parsed)
}

#[cached]
async fn early_async(n: u64) -> Result<Box<[u64]>, Box<dyn std::error::Error + Send + Sync>> {
    if n == 0 {
        return Err("zero".into());
    }
    let parsed: u64 = "5".parse()?;
    std::future::ready(()).await;
    Ok(Box::new([n, parsed]))
}

trait Shape: Send + Sync {}
struct Square;
impl Shape for Square {}

#[cached]
async fn coerced(n: u64) -> Arc<dyn Shape> {
    let _ = n;
    Arc::new(Square)
}

#[cached]
fn coerced_sync(n: u64) -> Arc<dyn Shape> {
    let _ = n;
    Arc::new(Square)
}

#[cached]
fn generic<'a, T, const N: usize>(first: &'a [T; N], second: Option<&'a str>) -> Vec<T>
where
    T: Hash + Clone + Send + Sync + 'static,
{
    let _ = second;
    first.to_vec()
}

#[cached]
fn only_in_the_result<T: Default + Clone + Send + Sync + 'static>() -> T {
    T::default()
}

#[cached]
async fn impl_trait(name: impl AsRef<str> + Hash, other: &(impl Debug + Hash + ?Sized)) -> String {
    format!("{}{other:?}", name.as_ref())
}

#[cached]
fn impl_trait_and_param<T: Hash + Debug>(t: T, name: impl Hash + Debug) -> String {
    format!("{t:?}{name:?}")
}

#[cached]
unsafe fn dangerous(n: u64) -> u64 {
    n
}

#[cached]
async unsafe fn dangerous_async(n: u64) -> u64 {
    n
}

#[cached]
extern "C" fn foreign(n: u64) -> u64 {
    n
}

#[derive(Hash, Clone)]
struct Point {
    x: u8,
    y: u8,
}

#[cached(key = "{x}-{a}-{b}-{n}", skip(db))]
fn patterns(
    Point { x, .. }: Point,
    (a, mut b): (u8, String),
    mut n: u8,
    _: u8,
    State(db): State<&'static str>,
) -> usize {
    b.push('x');
    n += 1;
    usize::from(x) + usize::from(a) + b.len() + usize::from(n) + db.len()
}

struct State<T>(T);

#[cached(key = (x, y), bypass = x > 5)]
async fn lent_patterns(&Point { x, y }: &Point, ref name: String, whole @ (a, _): (u8, u8)) -> u8 {
    let _ = (name, whole);
    x + y + a
}

#[cached]
fn r#type(r#fn: u64, r#match: &str) -> u64 {
    r#fn + r#match.len() as u64
}

#[cached]
fn names(key: u64, result: u64, value: u64, site: u64, plan: u64, names: u64) -> u64 {
    key + result + value + site + plan + names
}

#[cached(ttl = n, tags = "n:{n}")]
fn shadow(n: u64) -> u64 {
    let n = n + 1;
    n
}

#[cached(skip(buffer))]
fn filled(buffer: &mut Vec<u8>, n: u8) -> u8 {
    buffer.push(n);
    n
}

#[cached]
fn leaked(name: &'static str) -> &'static str {
    name
}

#[cached]
fn leaked_error(n: u64) -> Result<u64, &'static str> {
    if n > 0 { Ok(n) } else { Err("zero") }
}

#[cached(cache_err)]
fn kept_error(n: u64) -> Result<u64, &'static str> {
    if n > 0 { Ok(n) } else { Err("zero") }
}

#[cached]
fn cow(n: u64) -> std::borrow::Cow<'static, str> {
    n.to_string().into()
}

#[cached]
fn pointer(n: u64) -> fn(&str) -> &str {
    let _ = n;
    |s| s
}

#[cached]
fn error_that_may_borrow<E: Clone + Send + Sync>(n: u64, e: E) -> Result<u64, E>
where
    E: Hash,
{
    if n > 0 { Ok(n) } else { Err(e) }
}

#[cached(name = "floats")]
fn floats(a: f64, b: Option<f32>, map: &std::collections::HashMap<String, f64>) -> f64 {
    a + f64::from(b.unwrap_or(0.0)) + map.len() as f64
}

#[cached]
fn diverges(n: u64) -> u64 {
    panic!("{n}")
}

#[cached]
#[inline]
#[must_use]
#[deprecated]
#[cfg(all())]
fn attributes(#[allow(unused_variables)] n: u64) -> u64 {
    #![allow(unused_mut)]
    let mut m = 1;
    m
}

#[cached]
#[cfg(any())]
fn absent(n: Absent) -> u64 {}

macro_rules! make {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($arg:ident: $ty:ty) -> $out:ty $body:block) => {
        #[cached(key = $arg, ttl = 30)]
        $(#[$meta])*
        $vis fn $name($arg: $ty) -> $out $body
    };
}

make! {
    /// Made by a macro.
    pub(crate) fn made(n: u64) -> u64 { n }
}

mod inner {
    #[larder::cached(companions = "other")]
    pub(super) fn renamed(n: u64) -> u64 {
        n
    }

    #[larder::cached(companions = false)]
    pub(in super::inner) fn str(n: u64) -> String {
        n.to_string()
    }

    pub(super) fn other() -> String {
        str(1)
    }
}

use inner::renamed as imported;

#[cached]
async fn recursive(n: u64) -> u64 {
    if n < 2 { n } else { Box::pin(recursive(n - 1)).await + Box::pin(recursive(n - 2)).await }
}

fn local() -> u64 {
    struct Local;
    const SECONDS: u64 = 5;
    #[cached(ttl = SECONDS)]
    fn inside(n: u64) -> u64 {
        #[cached]
        fn deeper(n: u64) -> u64 {
            n
        }
        deeper(n)
    }
    let _ = Local;
    inside::invalidate(1).unwrap();
    inside(1)
}

fn is_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    let _lab = larder::test::lab();
    nothing();
    unit(1);
    assert_eq!(early(1), Ok(6));
    assert_eq!(generic(&[1u8, 2], None), [1, 2]);
    assert_eq!(only_in_the_result::<u8>(), 0);
    assert_eq!(only_in_the_result::<String>(), "");
    assert_eq!(only_in_the_result::peek::<u8>().unwrap(), Some(0));
    assert_eq!(unsafe { dangerous(1) + dangerous::refresh(1) }, 2);
    assert_eq!(foreign(1), 1);
    assert_eq!(patterns(Point { x: 1, y: 2 }, (3, "ab".into()), 4, 5, State("db")), 1 + 3 + 3 + 5 + 2);
    assert_eq!(patterns::peek(Point { x: 1, y: 9 }, (3, "ab".into()), 4, 5).unwrap(), Some(14));
    assert_eq!(r#type(1, ""), r#type::uncached(1, ""));
    assert_eq!(names(1, 2, 3, 4, 5, 6), names::refresh(1, 2, 3, 4, 5, 6));
    assert_eq!(shadow(1), 2);
    assert_eq!(filled(&mut Vec::new(), 1), 1);
    assert_eq!((leaked("a"), leaked_error(0), kept_error(0)), ("a", Err("zero"), Err("zero")));
    assert_eq!(leaked::peek("a").unwrap(), Some("a"));
    assert_eq!(kept_error::peek(0).unwrap(), Some(Err("zero")));
    assert_eq!((cow(1), pointer(1)("x")), ("1".into(), "x"));
    assert_eq!(error_that_may_borrow(0, &*String::from("x")), Err("x"));
    assert_eq!(floats(1.0, None, &Default::default()), 1.0);
    assert_eq!(made(3) + made::peek(3).unwrap().unwrap(), 6);
    assert_eq!(imported(1) + inner::other::uncached(1), 2);
    assert_eq!(inner::other(), "1");
    assert_eq!(local(), 1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(*is_send(early_async(1)).await.unwrap(), [1, 5]);
        is_send(coerced(1)).await;
        assert_eq!(is_send(impl_trait("a", "b")).await, is_send(impl_trait::refresh("a", "b")).await);
        assert_eq!(is_send(unsafe { dangerous_async(1) }).await, 1);
        assert_eq!(is_send(lent_patterns(&Point { x: 1, y: 2 }, String::new(), (3, 4))).await, 6);
        assert_eq!(recursive(20).await, 6765);
    });
}
