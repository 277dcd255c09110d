//! [`Standstills`]: when the whole machine stood still, as virtual machines do for seconds.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How often the clock is looked at.
const INTERVAL: Duration = Duration::from_millis(100);
/// Who looks so much too late was not run, and nothing beside him.
const NOTICED: Duration = Duration::from_millis(400);

/// What a thread has noticed that does nothing but look at the clock.
#[derive(Debug, Default)]
pub(crate) struct Standstills(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    looked: Option<Instant>,
    ended: Option<Instant>,
    count: u64,
    longest: Duration,
}

impl Standstills {
    /// Looks at the clock for as long as somebody asks.
    pub(crate) fn watch() -> Arc<Self> {
        let standstills = Arc::new(Self::default());
        let watched = Arc::downgrade(&standstills);
        thread::spawn(move || {
            while let Some(standstills) = watched.upgrade() {
                standstills.look(Instant::now());
                thread::sleep(INTERVAL);
            }
        });
        standstills
    }

    /// Whether there was one in the time up to now.
    pub(crate) fn were_within(&self, time: Duration) -> bool {
        let now = Instant::now();
        let mut seen = self.lock();
        // The one that has just ended may be noticed here first.
        if seen.looked.is_some() {
            seen.look(now);
        }
        seen.ended.is_some_and(|ended| now - ended <= time)
    }

    /// How many there were, and how long the longest was.
    pub(crate) fn summary(&self) -> (u64, Duration) {
        let seen = self.lock();
        (seen.count, seen.longest)
    }

    /// Looks at the clock, which says `now`.
    pub(crate) fn look(&self, now: Instant) {
        self.lock().look(now);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn look(&mut self, now: Instant) {
        let looked = self.looked.replace(now).unwrap_or(now);
        let late = now
            .saturating_duration_since(looked)
            .saturating_sub(INTERVAL);
        if late >= NOTICED {
            self.ended = Some(now);
            self.count += 1;
            self.longest = self.longest.max(late);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_run_for_a_while_was_a_standstill() {
        let standstills = Standstills::default();
        let began = Instant::now();
        for tenths in [0, 1, 2, 5] {
            standstills.look(began + tenths * INTERVAL);
        }
        assert_eq!(standstills.summary(), (0, Duration::ZERO));
        standstills.look(began + 15 * INTERVAL);
        assert_eq!(standstills.summary(), (1, 9 * INTERVAL));
        assert!(standstills.were_within(Duration::from_secs(60)));
    }
}
