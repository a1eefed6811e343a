//! What is measured: a cached function, behind a loop of its own.

use std::hint::black_box;

/// Calls a function with each of the keys.
type Pass<A> = dyn Fn(&[A]) + Send + Sync;

/// How a contender is called in tables, and what it can do.
#[derive(Clone, Copy)]
pub struct About {
    /// The crate, or the floor.
    pub name: &'static str,
    /// Which of its forms.
    pub form: &'static str,
    pub ttl: bool,
    pub bound: bool,
}

impl About {
    pub const fn new(name: &'static str, form: &'static str) -> Self {
        Self { name, form, ttl: false, bound: false }
    }

    pub const fn ttl(self) -> Self {
        Self { ttl: true, ..self }
    }

    pub const fn bound(self) -> Self {
        Self { bound: true, ..self }
    }

    pub fn title(&self) -> String {
        if self.form.is_empty() { self.name.to_owned() } else { format!("{} {}", self.name, self.form) }
    }
}

/// A cached function that takes `A`. The loop over the keys is compiled for this function, so that only a whole pass is
/// a call through a pointer.
pub struct Contender<A> {
    pub about: About,
    pass: Box<Pass<A>>,
}

impl<A: Copy + 'static> Contender<A> {
    pub fn new<V>(about: About, call: impl Fn(A) -> V + Send + Sync + 'static) -> Self {
        let pass = move |keys: &[A]| {
            for key in keys {
                // By reference: a result that is moved right away makes the processor wait until all of it is written.
                black_box(&call(black_box(*key)));
            }
        };
        Self { about, pass: Box::new(pass) }
    }

    /// Calls the function with each of the keys.
    pub fn pass(&self, keys: &[A]) {
        (self.pass)(keys);
    }
}

impl<A: Copy + Send + Sync + 'static> Contender<A> {
    /// An async function, on a runtime of this thread.
    pub fn asynchronous<V>(about: About, call: impl AsyncFn(A) -> V + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime of one thread");
        let pass = move |keys: &[A]| {
            runtime.block_on(async {
                for key in keys {
                    black_box(&call(black_box(*key)).await);
                }
            });
        };
        Self { about, pass: Box::new(pass) }
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

pub const LARDER: &str = "larder";
pub const FLOOR: &str = "F";
