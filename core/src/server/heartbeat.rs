//! [`Heartbeats`]: whether the I/O threads still turn.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// How often each I/O thread shows that it turns.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long an I/O thread may not turn before the process counts as stuck.
const LIMIT: Duration = Duration::from_secs(5);

/// When each I/O thread has turned last; only kept where somebody can ask.
pub(super) struct Heartbeats {
    begun: Instant,
    // Milliseconds since the beginning.
    beats: Vec<AtomicU64>,
}

impl Heartbeats {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            begun: Instant::now(),
            beats: (0..threads).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Shows that I/O thread `number` turns, for as long as it does.
    pub(super) async fn beat(&self, number: usize) {
        loop {
            self.beats[number].store(self.now(), Ordering::Relaxed);
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// The first I/O thread that does not turn, and for how long.
    pub(super) fn stuck(&self) -> Option<(usize, Duration)> {
        let now = self.now();
        let silent = |beat: &AtomicU64| {
            Duration::from_millis(now.saturating_sub(beat.load(Ordering::Relaxed)))
        };
        self.beats
            .iter()
            .map(silent)
            .enumerate()
            .find(|(_, silent)| *silent > LIMIT)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
