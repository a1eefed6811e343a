//! Noticing a server that is lost where nobody asks it anything, since all that is asked for is near.
//!
//! A value in memory counts for a second after a request that the server answered. While values in memory are asked for, the
//! servers are asked for a sign of life often enough that this never ends; a server that gives none lets it end. Nobody is
//! asked anything where no value is asked for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::redis::{LEASE_MILLIS, Servers};

/// How often.
const BEAT: Duration = Duration::from_millis(250);

/// After how many beats in which nothing was asked for they stop.
const IDLE: u32 = 8;

/// Until when values in memory count.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    until: AtomicU64,
    used: AtomicBool,
    beats: AtomicBool,
}

impl Heartbeat {
    /// Whether values in memory count at `now`; somebody asks for one.
    pub(super) fn counts(&self, now: u64) -> bool {
        // Written by the first one who asks between two beats, so that threads do not write the same place again and again.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
        now < self.until.load(Ordering::SeqCst)
    }

    /// A value came near: the servers have just answered.
    pub(super) fn begin(self: &Arc<Self>, servers: &Arc<Servers>, runtime: &tokio::runtime::Handle) {
        self.renew(servers);
        self.used.store(true, Ordering::Relaxed);
        if !self.beats.load(Ordering::SeqCst) && !self.beats.swap(true, Ordering::SeqCst) {
            runtime.spawn(beat(Arc::downgrade(self), Arc::downgrade(servers)));
        }
    }

    fn renew(&self, servers: &Servers) {
        if let Some(heard) = servers.heard() {
            self.until.fetch_max(heard.saturating_add(LEASE_MILLIS), Ordering::SeqCst);
        }
    }
}

async fn beat(heartbeat: Weak<Heartbeat>, servers: Weak<Servers>) {
    let mut idle = 0;
    let mut turn = 0_u32;
    loop {
        {
            let (Some(heartbeat), Some(servers)) = (heartbeat.upgrade(), servers.upgrade()) else { return };
            servers.show_life(turn.is_multiple_of(2)).await;
            heartbeat.renew(&servers);
            turn = turn.wrapping_add(1);
        }
        tokio::time::sleep(BEAT).await;
        let Some(heartbeat) = heartbeat.upgrade() else { return };
        idle = if heartbeat.used.swap(false, Ordering::Relaxed) { 0 } else { idle + 1 };
        if idle >= IDLE {
            // What was asked for a moment ago is asked of the server next, and begins again.
            heartbeat.beats.store(false, Ordering::SeqCst);
            return;
        }
    }
}
