//! The process that made a connection: the child of a fork has the socket, and not the thread that drives it.

pub(in crate::redis) struct Process {
    forks: u64,
    id: u32,
}

impl Process {
    pub(in crate::redis) fn current() -> Self {
        #[cfg(feature = "ram")]
        crate::ram::fork::prepare();
        Self { forks: cache_core::fork::forks(), id: std::process::id() }
    }

    /// The memory's handler is told of forks, which makes this a load. Without it the system is asked.
    pub(in crate::redis) fn is_current(&self) -> bool {
        cache_core::fork::forks() == self.forks && (cfg!(feature = "ram") || std::process::id() == self.id)
    }
}
