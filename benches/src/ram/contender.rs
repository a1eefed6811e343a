//! What is measured: a cached function, behind a loop of its own.

pub use larder_benches::contender::{About, LARDER};
use larder_benches::contender::{each, each_awaited};

/// Calls a function with each of the keys.
type Pass<A> = dyn Fn(&[A]) + Send + Sync;

/// A cached function that takes `A`.
pub struct Contender<A> {
    pub about: About,
    pass: Box<Pass<A>>,
}

impl<A: Copy + 'static> Contender<A> {
    pub fn new<V: 'static>(about: About, call: impl Fn(A) -> V + Send + Sync + 'static) -> Self {
        Self { about, pass: Box::new(each(call)) }
    }

    /// Calls the function with each of the keys.
    pub fn pass(&self, keys: &[A]) {
        (self.pass)(keys);
    }
}

impl<A: Copy + Send + Sync + 'static> Contender<A> {
    /// An async function, on a runtime of this thread.
    pub fn asynchronous<V: 'static>(about: About, call: impl AsyncFn(A) -> V + Send + Sync + 'static) -> Self {
        Self { about, pass: Box::new(each_awaited(call)) }
    }
}

/// The number of the contender that is called so.
pub fn index_of<A>(contenders: &[Contender<A>], name: &str, form: &str) -> usize {
    let is = |about: &About| about.name == name && about.form == form;
    contenders.iter().position(|contender| is(&contender.about)).expect("a contender of this name")
}

/// The contenders that are crates of others.
pub fn is_peer(about: &About) -> bool {
    about.name != LARDER && about.name != FLOOR
}

pub const FLOOR: &str = "F";
