//! [`Histogram`]: durations counted in buckets that grow with the duration.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::LatencySnapshot;

/// Each doubling of the duration is divided into this many buckets.
const STEPS: u64 = 4;
/// Buckets reach beyond 30 seconds; what takes longer is counted in the last.
const BUCKETS: usize = 96;

/// A histogram that any thread may record into. Its unit is the microsecond.
pub(super) struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    sum_nanoseconds: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: [const { AtomicU64::new(0) }; BUCKETS],
            sum_nanoseconds: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    pub(super) fn record(&self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(nanoseconds / 1_000)].fetch_add(1, Ordering::Relaxed);
        self.sum_nanoseconds
            .fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> LatencySnapshot {
        let mut count = 0;
        let mut buckets = Vec::new();
        for (index, bucket) in self.buckets.iter().enumerate() {
            let here = bucket.load(Ordering::Relaxed);
            if here > 0 {
                count += here;
                buckets.push((Duration::from_micros(upper_end(index)), here));
            }
        }
        LatencySnapshot {
            count,
            sum: Duration::from_nanos(self.sum_nanoseconds.load(Ordering::Relaxed)),
            buckets,
        }
    }
}

/// The first buckets are one microsecond wide, then four share each doubling.
fn bucket_of(microseconds: u64) -> usize {
    let bucket = if microseconds < STEPS {
        microseconds
    } else {
        let octave = u64::from(microseconds.ilog2()) - 2;
        octave * STEPS + (microseconds >> octave)
    };
    usize::try_from(bucket).map_or(BUCKETS - 1, |bucket| bucket.min(BUCKETS - 1))
}

/// The smallest number of microseconds that is beyond bucket `index`.
fn upper_end(index: usize) -> u64 {
    let next = index as u64 + 1;
    if next <= STEPS {
        return next;
    }
    let octave = next / STEPS - 1;
    (STEPS + next % STEPS) << octave
}

/// Whether this is the end of the last bucket, which also holds what is longer.
pub(super) fn is_open_ended(upper: Duration) -> bool {
    upper == Duration::from_micros(upper_end(BUCKETS - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_duration_lies_within_its_bucket(microseconds in 0_u64..33_000_000) {
            let bucket = bucket_of(microseconds);
            prop_assert!(microseconds < upper_end(bucket));
            prop_assert!(bucket == 0 || microseconds >= upper_end(bucket - 1));
        }
    }

    #[test]
    fn quantiles_are_at_most_a_quarter_too_large() {
        let histogram = Histogram::default();
        for microseconds in 1..=1_000 {
            histogram.record(Duration::from_micros(microseconds));
        }
        let snapshot = histogram.snapshot();
        assert_eq!(snapshot.count, 1_000);
        assert_eq!(snapshot.sum, Duration::from_micros(500_500));
        let median = snapshot.quantile(0.5).as_micros();
        assert!((500..=625).contains(&median), "{median}");
        assert!(snapshot.quantile(1.0) >= Duration::from_millis(1));
        assert_eq!(LatencySnapshot::default().quantile(0.5), Duration::ZERO);
    }
}
