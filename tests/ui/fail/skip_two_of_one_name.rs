//! Two arguments that a macro gives one spelling cannot be told apart by an attribute.
use larder::cached;

macro_rules! function {
    ($name:ident) => {
        #[cached(skip($name))]
        fn two($name: u64, id: u64) -> u64 {
            $name + id
        }
    };
}

function!(id);

fn main() {}
