//! The cache as a user configures and uses it.

mod open;

pub use open::{Env, IntoHandler, Opened};
