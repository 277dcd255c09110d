//! [`Arrivals`]: when the calls of an open loop are due.

use std::time::Duration;

use clap::ValueEnum;

/// How calls follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spacing {
    /// At random moments, as those of clients that know nothing of each other; the same in each
    /// run
    Random,
    /// One as far from the next as the other
    Even,
}

/// The moments of a number of calls within a time, in order.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    spacing: Spacing,
    count: u64,
    next: u64,
    within: f64,
    at: f64,
    state: u64,
}

impl Arrivals {
    /// `seed` tells the random moments of one thread from those of another.
    pub(super) fn new(spacing: Spacing, count: u64, within: Duration, seed: u64) -> Self {
        Self {
            spacing,
            count,
            next: 0,
            within: within.as_secs_f64(),
            at: 0.0,
            state: 0x9E37_79B9_7F4A_7C15 ^ (seed << 32),
        }
    }

    /// A number above 0 and below 1.
    fn share(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let upper = u32::try_from(self.state >> 32).unwrap_or(u32::MAX);
        (f64::from(upper) + 1.0) / (f64::from(u32::MAX) + 2.0)
    }
}

impl Iterator for Arrivals {
    type Item = Duration;

    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody makes as many calls as would be told apart"
    )]
    fn next(&mut self) -> Option<Duration> {
        let left = self.count.checked_sub(self.next).filter(|left| *left > 0)?;
        self.at = match self.spacing {
            Spacing::Even => self.within * self.next as f64 / self.count as f64,
            // The earliest of so many independent moments in the time that is left.
            Spacing::Random => {
                let gap = 1.0 - self.share().powf((left as f64).recip());
                self.at + (self.within - self.at) * gap
            }
        };
        self.next += 1;
        Duration::try_from_secs_f64(self.at).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn even_calls_are_as_far_from_one_another() {
        let arrivals = Arrivals::new(Spacing::Even, 4, SECOND, 0);
        let at: Vec<_> = arrivals.map(|at| at.as_millis()).collect();
        assert_eq!(at, [0, 250, 500, 750]);
    }

    #[test]
    fn random_calls_are_as_many_in_order_and_spread_over_the_time() {
        let arrivals: Vec<_> = Arrivals::new(Spacing::Random, 10_000, SECOND, 1).collect();
        assert_eq!(arrivals.len(), 10_000);
        assert!(arrivals.is_sorted());
        let half = arrivals.partition_point(|at| at.as_millis() < 500);
        assert!((4_800..5_200).contains(&half), "{half}");
        let other: Vec<_> = Arrivals::new(Spacing::Random, 10_000, SECOND, 2).collect();
        assert_ne!(arrivals, other);
    }
}
