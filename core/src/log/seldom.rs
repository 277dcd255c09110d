//! [`Seldom`]: logging without flooding.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use once_cell::sync::Lazy;

use crate::hook::Hook;

static BEGINNING: Lazy<Instant> = Lazy::new(Instant::now);

/// How long a kind of record stays quiet after it was logged.
const QUIET_SECONDS: u64 = 10;

/// Lets one record of a kind through, the next ten seconds later, and counts those in between.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    // Seconds since the beginning, plus one; 0 means never.
    last: AtomicU64,
    left_out: AtomicU64,
}

/// That a record is to be logged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// How many of its kind were left out since the one before, if any: a field of the record.
    pub(crate) repeated: Option<u64>,
}

impl Seldom {
    pub(crate) const fn new() -> Self {
        Self {
            last: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// Whether to log now.
    pub(crate) fn due(&self) -> Option<Due> {
        self.due_at(BEGINNING.elapsed().as_secs())
    }

    fn due_at(&self, seconds: u64) -> Option<Due> {
        let now = seconds + 1;
        let last = self.last.load(Ordering::Relaxed);
        let is_due = (last == 0 || now >= last + QUIET_SECONDS)
            && self
                .last
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !is_due {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        Some(Due {
            repeated: (left_out > 0).then_some(left_out),
        })
    }
}

/// A [`Seldom`] for each hook.
#[derive(Debug)]
pub(crate) struct SeldomPerHook([Seldom; Hook::COUNT]);

impl SeldomPerHook {
    pub(crate) const fn new() -> Self {
        Self([const { Seldom::new() }; Hook::COUNT])
    }

    /// Whether to log now about `hook`.
    pub(crate) fn due(&self, hook: Hook) -> Option<Due> {
        self.0[hook as usize].due()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_record_is_let_through_every_ten_seconds_with_the_number_left_out() {
        let seldom = Seldom::new();
        assert_eq!(seldom.due_at(0), Some(Due { repeated: None }));
        assert_eq!(seldom.due_at(0), None);
        assert_eq!(seldom.due_at(9), None);
        assert_eq!(seldom.due_at(10), Some(Due { repeated: Some(2) }));
        assert_eq!(seldom.due_at(20), Some(Due { repeated: None }));
    }
}
