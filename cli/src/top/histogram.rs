//! [`Histogram`]: how many durations were at most how long.

/// The buckets of a histogram, of which only those are told that something is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Histogram {
    /// Upper bounds in seconds, with the number of durations that do not exceed them, by bound.
    buckets: Vec<(f64, u64)>,
}

impl Histogram {
    /// Adds a bucket: so many durations do not exceed `bound`.
    pub(super) fn add(&mut self, bound: f64, count: u64) {
        let place = self.buckets.partition_point(|(other, _)| *other < bound);
        self.buckets.insert(place, (bound, count));
    }

    pub(super) fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }

    /// What came since `earlier`.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let buckets = self.buckets.iter();
        Self {
            buckets: buckets
                .map(|(bound, count)| (*bound, count.saturating_sub(earlier.up_to(*bound))))
                .collect(),
        }
    }

    /// How many durations do not exceed `bound`: a bucket that is not told has nothing in it.
    fn up_to(&self, bound: f64) -> u64 {
        let next = self.buckets.partition_point(|(other, _)| *other <= bound);
        next.checked_sub(1).map_or(0, |last| self.buckets[last].1)
    }

    /// The seconds that `quantile` (0 to 1) of the durations do not exceed; infinite where they are
    /// beyond the last bound, `None` where there are none.
    pub(super) fn quantile(&self, quantile: f64) -> Option<f64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "the rank is between 1 and the count"
        )]
        let rank = ((self.count() as f64 * quantile).ceil() as u64).max(1);
        let mut buckets = self.buckets.iter();
        let found = buckets.find(|(_, count)| *count >= rank);
        found.map(|(bound, _)| *bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(buckets: &[(f64, u64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (bound, count) in buckets {
            histogram.add(*bound, *count);
        }
        histogram
    }

    #[test]
    fn quantiles_are_those_of_the_interval() {
        let earlier = histogram(&[(0.5, 90), (f64::INFINITY, 90)]);
        // Buckets appear below, between and above those that were there.
        let later = histogram(&[
            (2.0, 200),
            (0.1, 98),
            (0.5, 188),
            (1.0, 199),
            (f64::INFINITY, 200),
        ]);
        let interval = later.since(&earlier);
        assert_eq!(interval.count(), 110);
        assert_eq!(interval.quantile(0.5), Some(0.1));
        assert_eq!(interval.quantile(0.95), Some(1.0));
        assert_eq!(interval.quantile(1.0), Some(2.0));
    }

    #[test]
    fn beyond_the_last_bound_is_infinite_and_of_nothing_there_is_no_quantile() {
        let slow = histogram(&[(1.0, 1), (f64::INFINITY, 2)]);
        assert_eq!(slow.quantile(0.5), Some(1.0));
        assert_eq!(slow.quantile(0.99), Some(f64::INFINITY));
        assert_eq!(slow.since(&slow).quantile(0.5), None);
        assert_eq!(Histogram::default().quantile(0.5), None);
    }
}
