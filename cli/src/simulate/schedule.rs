//! [`Schedule`]: when a client publishes the messages of one entry.

use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use super::scenario::Publish;

const JUST_NOW: Duration = Duration::from_millis(100);

/// The moments of the messages of one entry.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    next: Instant,
    interval: Duration,
    pub(super) made: u64,
    count: Option<u64>,
    until: Option<Instant>,
}

impl Schedule {
    /// Begins `from` the run's beginning or `now`, whatever is later; clients without a count begin
    /// at random moments of the first interval.
    pub(super) fn new(publish: &Publish, began: Instant, now: Instant, random: &mut Rng) -> Self {
        let interval = publish.interval();
        let pause = match publish.count {
            Some(_) => Duration::ZERO,
            None => interval.mul_f64(random.f64()),
        };
        Self {
            next: now.max(began + publish.from.0) + pause,
            interval,
            made: 0,
            count: publish.count,
            until: publish.until.map(|until| began + until.0),
        }
    }

    /// When the next message is due; `None` when there is none left.
    pub(super) fn due(&self) -> Option<Instant> {
        let is_left = self.count.is_none_or(|count| self.made < count);
        let is_in_time = self.until.is_none_or(|until| self.next < until);
        (is_left && is_in_time).then_some(self.next)
    }

    /// Goes on to the next message.
    pub(super) fn advance(&mut self) {
        self.made += 1;
        self.next += self.interval;
    }

    /// Gives up what was due before `now`, though not of a fixed count.
    pub(super) fn skip_to(&mut self, now: Instant) {
        self.next = self.next.max(now);
    }

    /// How many messages were due until `now` and were not made; one that has only just become due
    /// does not count.
    pub(super) fn missed(&self, now: Instant) -> u64 {
        let Some(due) = self.due() else { return 0 };
        let now = now.checked_sub(JUST_NOW).unwrap_or(now);
        let late = self
            .until
            .map_or(now, |until| until.min(now))
            .saturating_duration_since(due);
        if late.is_zero() {
            return 0;
        }
        let left = self.count.map_or(u64::MAX, |count| count - self.made);
        let due = match late.as_nanos().checked_div(self.interval.as_nanos()) {
            Some(more) => u64::try_from(more).unwrap_or(u64::MAX).saturating_add(1),
            None => u64::MAX,
        };
        due.min(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::scenario::{Template, TimeSpan};

    fn publish(every: u64) -> Publish {
        Publish {
            every: Some(TimeSpan::seconds(every)),
            ..Publish::to(Template::fixed("t"))
        }
    }

    #[test]
    fn a_count_begins_at_once_and_ends() {
        let now = Instant::now();
        let counted = Publish {
            count: Some(2),
            ..publish(1)
        };
        let mut schedule = Schedule::new(&counted, now, now, &mut Rng::with_seed(0));
        assert_eq!(schedule.due(), Some(now));
        assert_eq!(schedule.missed(now + Duration::from_secs(60)), 2);
        schedule.advance();
        assert_eq!(schedule.due(), Some(now + Duration::from_secs(1)));
        schedule.advance();
        assert_eq!(schedule.due(), None);
        assert_eq!(schedule.missed(now + Duration::from_secs(60)), 0);
    }

    #[test]
    fn others_begin_within_an_interval_and_end_at_their_time() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let bounded = Publish {
            until: Some(TimeSpan::seconds(3)),
            ..publish(1)
        };
        let mut schedule = Schedule::new(&bounded, now, now, &mut Rng::with_seed(7));
        assert!(schedule.due().is_some_and(|due| due < now + second));
        assert_eq!(schedule.missed(now + 60 * second), 3);
        for _ in 0..3 {
            schedule.advance();
        }
        assert_eq!(schedule.due(), None);
    }
}
