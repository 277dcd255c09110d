//! [`Trend`]: what a process used over time, and whether that grows.

use std::time::Duration;

use crate::program::Usage;

/// Up to here memory is still being filled: caches, pools, heaps.
const WARM_UP_SHARE: f64 = 0.2;
const LONGEST_WARM_UP: Duration = Duration::from_secs(600);
/// A slope of less time says nothing.
const SHORTEST_SLOPE: Duration = Duration::from_secs(600);
/// A median of fewer samples says nothing.
const FEWEST_OF_A_THIRD: usize = 5;
/// What comes and goes with single calls and connections.
const SLACK: u64 = 4;

/// What a process used, sample after sample.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trend {
    samples: Vec<(Duration, Usage)>,
}

impl Trend {
    /// Adds a sample that was taken `at` this time of the process.
    pub(crate) fn add(&mut self, at: Duration, usage: Usage) {
        self.samples.push((at, usage));
    }

    /// The first and the last sample.
    pub(crate) fn ends(&self) -> Option<(Usage, Usage)> {
        Some((self.warm().first()?.1, self.samples.last()?.1))
    }

    /// The samples after the time in which everything is first used.
    fn warm(&self) -> &[(Duration, Usage)] {
        let whole = self.samples.last().map_or(Duration::ZERO, |last| last.0);
        let from = whole.mul_f64(WARM_UP_SHARE).min(LONGEST_WARM_UP);
        let first = self.samples.partition_point(|(at, _)| *at < from);
        &self.samples[first..]
    }

    /// By how many MiB resident memory grows in an hour, by linear regression; `None` where there
    /// are too few samples.
    pub(crate) fn slope(&self) -> Option<f64> {
        let points: Vec<_> = self
            .warm()
            .iter()
            .map(|(at, usage)| (at.as_secs_f64() / 3_600.0, usage.rss))
            .collect();
        if points.len() < 2 {
            return None;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are a few thousand samples"
        )]
        let count = points.len() as f64;
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
        let covariance: f64 = points
            .iter()
            .map(|(x, y)| (x - mean_x) * (y - mean_y))
            .sum();
        let variance: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        (variance > 0.0).then(|| covariance / variance)
    }

    /// What grows that should not; `most` is how many MiB in an hour are allowed.
    pub(crate) fn violations(&self, most: f64) -> Vec<String> {
        let warm = self.warm();
        let mut found = Vec::new();
        let span = warm
            .first()
            .zip(warm.last())
            .map_or(Duration::ZERO, |(first, last)| {
                last.0.saturating_sub(first.0)
            });
        if let Some(slope) = self.slope()
            && span >= SHORTEST_SLOPE
            && slope > most
        {
            found.push(format!(
                "memory grows by {slope:.1} MiB an hour; {most:.1} are allowed"
            ));
        }
        let third = warm.len() / 3;
        if third < FEWEST_OF_A_THIRD {
            return found;
        }
        let (first, last) = (&warm[..third], &warm[warm.len() - third..]);
        for (what, before, after) in [
            (
                "open files",
                median(first, |usage| usage.files),
                median(last, |usage| usage.files),
            ),
            (
                "threads",
                median(first, |usage| usage.threads),
                median(last, |usage| usage.threads),
            ),
        ] {
            if after > before + SLACK {
                found.push(format!("{what} grew from {before} to {after}"));
            }
        }
        found
    }
}

fn median(samples: &[(Duration, Usage)], count: fn(&Usage) -> u64) -> u64 {
    let mut counts: Vec<_> = samples.iter().map(|(_, usage)| count(usage)).collect();
    counts.sort_unstable();
    counts[counts.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growing(rss_in_an_hour: f64, files: u64) -> Trend {
        let mut trend = Trend::default();
        for minute in 0..60_u32 {
            let usage = Usage {
                rss: 40.0 + rss_in_an_hour * f64::from(minute) / 60.0,
                files: 20 + u64::from(minute) * files / 60,
                threads: 8,
            };
            trend.add(Duration::from_secs(60 * u64::from(minute)), usage);
        }
        trend
    }

    #[test]
    fn what_grows_is_found_and_what_stays_is_not() {
        let slope = growing(20.0, 0).slope().expect("there are samples");
        assert!((slope - 20.0).abs() < 0.01, "{slope}");
        assert_eq!(growing(20.0, 0).violations(8.0).len(), 1);
        assert_eq!(growing(4.0, 0).violations(8.0), Vec::<String>::new());
        assert_eq!(
            growing(0.0, 60).violations(8.0),
            ["open files grew from 38 to 72"]
        );
    }
}
