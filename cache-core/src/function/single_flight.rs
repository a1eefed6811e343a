//! [`SingleFlight`]: who shares one run of a key.

/// The value of `single_flight = "…"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SingleFlight {
    /// The callers of this process.
    #[default]
    Process,
    /// The callers of all processes on the handler, where it can say who of them runs.
    Shared,
    /// Nobody: every caller looks and runs for itself.
    Off,
}
