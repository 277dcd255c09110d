//! [`Seldom`]: logging without flooding.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use once_cell::sync::Lazy;

static BEGINNING: Lazy<Instant> = Lazy::new(Instant::now);

/// How long a kind of record stays quiet after it was logged.
const QUIET_SECONDS: u64 = 60;

/// Lets one record of a kind through, and the next a minute later.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    // Seconds since the beginning, plus one; 0 means never.
    last: AtomicU64,
}

impl Seldom {
    pub(crate) const fn new() -> Self {
        Self {
            last: AtomicU64::new(0),
        }
    }

    /// Whether to log now.
    pub(crate) fn is_due(&self) -> bool {
        let now = BEGINNING.elapsed().as_secs() + 1;
        let last = self.last.load(Ordering::Relaxed);
        (last == 0 || now >= last + QUIET_SECONDS)
            && self
                .last
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_record_is_let_through_once_a_minute() {
        let seldom = Seldom::new();
        assert!(seldom.is_due());
        assert!(!seldom.is_due());
    }
}
