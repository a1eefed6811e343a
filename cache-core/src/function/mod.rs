//! Annotated functions: what the generated code hands over, and what it calls.
//!
//! The macro emits a [`Site`] (one for each function, static), a [`Plan`] (one for each call: the key and what the
//! attributes say of this call), a [`How`] (how its result is read, kept and shared) and a call of [`call`] or
//! `call_async`. There is no cache logic in generated code.

mod call;
mod call_async;
mod companions;
mod fast;
mod how;
mod kept;
mod plan;
mod quick;
mod ready;
mod registry;
mod result;
mod short;
mod single_flight;
mod site;
mod storable;
mod thread;
mod time_to_live;
mod written;

pub use crate::flow::{Unawaited, Waiters};
pub use call::{call, call_of, call_tagged};
pub use call_async::{CallLocal, CallSend};
pub use companions::{blocking, clear, in_mode, in_mode_async, invalidate, peek, peek_whole, prime, stats};
pub use fast::Settled;
pub use how::{How, Verdict, passes, ttl_of};
pub use kept::{BytesValue, Kept, NotShared, Share, Shared, Value, ViaObject, ViaSerde, ViaWeighed, ViaWeighedSerde};
pub use plan::{Mode, ModeGuard, Plan, Prime, PrimeValue, PrimeWhole};
pub use registry::Registered;
pub(crate) use registry::check_all;
pub use result::{
    IsOption, IsPlain, IsResult, OptionOutcome, Outcome, PlainOutcome, ResultOutcome, Returns, Split, never,
};
pub use short::{Short, ShortCut, Ticket};
pub use single_flight::SingleFlight;
pub use site::{Site, Spec, entries};
pub use storable::{AsOption, AsPlain, AsResult, Check, NotAsOption, NotAsPlain, NotAsResult, Storable, first};
pub use thread::{of_thread, set_of_thread};
pub use time_to_live::{TimeToLive, ttl};
pub use written::{Unwritten, Written, written};
