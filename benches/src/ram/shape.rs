//! The three functions that are measured: what they take, and what they give.

use std::hash::Hash;
use std::sync::Arc;

use equivalent::Equivalent;
use larder_benches::runs::run;

/// A function to be cached. Its body costs next to nothing, so that what is measured is the cache.
pub trait Shape: 'static {
    const SIGNATURE: &'static str;
    /// The arguments as a caller has them: nothing to free, nothing to copy but words.
    type Args: Copy + Eq + Hash + Equivalent<Self::Key> + Send + Sync + 'static;
    /// The arguments as a cache has to keep them.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    type Value: Clone + Send + Sync + 'static;

    /// The arguments of one of the calls; other arguments for each `number`.
    fn args(number: u64) -> Self::Args;
    fn own(args: Self::Args) -> Self::Key;
    fn body(args: Self::Args) -> Self::Value;
}

/// A number from a number: nothing but the cache itself.
pub struct Number;

impl Shape for Number {
    const SIGNATURE: &'static str = "fn(u64) -> u64";
    type Args = u64;
    type Key = u64;
    type Value = u64;

    fn args(number: u64) -> u64 {
        number
    }

    fn own(args: u64) -> u64 {
        args
    }

    fn body(args: u64) -> u64 {
        run();
        args ^ 0x5555
    }
}

/// A text from a borrowed text and a number: a key that costs an allocation to own, and a value that costs one to clone.
pub struct Text;

/// Hashes and compares like the tuple that owns it, so that maps that can look up a borrowed key do.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextArgs(pub &'static str, pub u64);

impl Text {
    /// 64 bytes of text.
    pub fn write(name: &str, id: u64) -> String {
        run();
        format!("{name} has the number {id:<23}")
    }
}

impl Equivalent<(String, u64)> for TextArgs {
    fn equivalent(&self, key: &(String, u64)) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

impl Shape for Text {
    const SIGNATURE: &'static str = "fn(&str, u64) -> String";
    type Args = TextArgs;
    type Key = (String, u64);
    type Value = String;

    /// 24 bytes of text; it is never freed, as there are few of them.
    fn args(number: u64) -> TextArgs {
        TextArgs(Box::leak(format!("customers/{number:014}").into_boxed_str()), number)
    }

    fn own(args: TextArgs) -> (String, u64) {
        (args.0.to_owned(), args.1)
    }

    fn body(args: TextArgs) -> String {
        Self::write(args.0, args.1)
    }
}

/// A shared value from a number.
pub struct Shared;

/// What is shared.
pub type Row = [u64; 8];

impl Shape for Shared {
    const SIGNATURE: &'static str = "fn(u64) -> Arc<_>";
    type Args = u64;
    type Key = u64;
    type Value = Arc<Row>;

    fn args(number: u64) -> u64 {
        number
    }

    fn own(args: u64) -> u64 {
        args
    }

    fn body(args: u64) -> Arc<Row> {
        run();
        Arc::new([args; 8])
    }
}
