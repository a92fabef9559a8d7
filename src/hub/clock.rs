//! The hub's time: the wall clock at the start, then monotonic, never before what is on record.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Gives hub time in milliseconds since the Unix epoch. Leases and the order of entries go by it, so a wall clock
/// that is set back while the hub runs frees or prolongs nothing.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    Running { begun: Instant, begun_ms: Arc<AtomicI64> },
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Runs on from `wall_ms`, or from `on_record_ms` when the wall clock was set back since.
    pub fn running(wall_ms: i64, on_record_ms: i64) -> Self {
        let begun_ms = Arc::new(AtomicI64::new(wall_ms.max(on_record_ms)));
        Self(Source::Running { begun: Instant::now(), begun_ms })
    }

    /// A clock that stands where its owner sets it, for tests.
    pub fn set(now_ms: Arc<AtomicI64>) -> Self {
        Self(Source::Set(now_ms))
    }

    /// Goes a little towards the time that several hubs have in common; called often, this makes up for clocks that
    /// run unevenly, and one that was set wrong changes next to nothing.
    pub(super) fn lean_to(&self, common_ms: i64) {
        if let Source::Running { begun_ms, .. } = &self.0 {
            begun_ms.fetch_add((common_ms - self.now_ms()).signum(), Ordering::SeqCst);
        }
    }

    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::Running { begun, begun_ms } => {
                begun_ms.load(Ordering::SeqCst)
                    + i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX / 2)
            }
            Source::Set(now_ms) => now_ms.load(Ordering::SeqCst),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_set_back_does_not_turn_time_back() {
        assert!(Clock::running(1_000, 9_000).now_ms() >= 9_000);
        assert!(Clock::running(9_000, 1_000).now_ms() >= 9_000);
    }
}
