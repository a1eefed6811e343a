//! What is measured, and the loop around it.

use std::hint::black_box;

/// How a contender is called in tables, and what it can do.
#[derive(Clone, Copy)]
pub struct About {
    /// The crate, or the floor.
    pub name: &'static str,
    /// Which of its forms.
    pub form: &'static str,
    pub ttl: bool,
    pub bound: bool,
    /// Whether several processes can use it at once.
    pub shared: bool,
    /// Whether a damaged value is noticed.
    pub checked: bool,
}

impl About {
    pub const fn new(name: &'static str, form: &'static str) -> Self {
        Self { name, form, ttl: false, bound: false, shared: false, checked: false }
    }

    pub const fn ttl(self) -> Self {
        Self { ttl: true, ..self }
    }

    pub const fn bound(self) -> Self {
        Self { bound: true, ..self }
    }

    pub const fn shared(self) -> Self {
        Self { shared: true, ..self }
    }

    pub const fn checked(self) -> Self {
        Self { checked: true, ..self }
    }

    pub fn title(&self) -> String {
        if self.form.is_empty() { self.name.to_owned() } else { format!("{} {}", self.name, self.form) }
    }
}

/// Calls a function with each of the keys. The loop is compiled for this function, so that only a whole pass is a call
/// through a pointer.
pub fn each<A: Copy, V>(call: impl Fn(A) -> V) -> impl Fn(&[A]) {
    move |keys| {
        for key in keys {
            // By reference: a result that is moved right away makes the processor wait until all of it is written.
            black_box(&call(black_box(*key)));
        }
    }
}

/// The same for an async function, on a runtime of this thread.
pub fn each_awaited<A: Copy, V>(call: impl AsyncFn(A) -> V) -> impl Fn(&[A]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime of one thread");
    move |keys| {
        runtime.block_on(async {
            for key in keys {
                black_box(&call(black_box(*key)).await);
            }
        });
    }
}

pub const LARDER: &str = "larder";
