//! [`Window`]: what happened in the last seconds.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::metrics::{HookSnapshot, LatencySnapshot, MetricsSnapshot};

/// How many seconds rates, shares and quantiles are about, at one snapshot a second.
pub(super) const SECONDS: usize = 10;
/// Snapshots that are closer than this count as one.
const CLOSE: Duration = Duration::from_millis(500);
/// What is older was taken before a pause, and would blur what is now.
const STALE: Duration = Duration::from_secs(3);

/// The snapshots of the last seconds.
#[derive(Default)]
pub(super) struct Window {
    snapshots: VecDeque<(Instant, MetricsSnapshot)>,
}

/// What happened to a hook in a window.
#[derive(Default)]
pub(super) struct Recent {
    /// Calls a second in the window.
    pub(super) rate: f64,
    /// Calls a second since the snapshot before.
    pub(super) rate_now: f64,
    /// Answers by verdict, in the order of the hook's.
    pub(super) verdicts: Vec<u64>,
    pub(super) latency: LatencySnapshot,
}

impl Window {
    /// Takes the newest snapshot in.
    pub(super) fn push(&mut self, now: Instant, snapshot: MetricsSnapshot) {
        if let Some((last, _)) = self.snapshots.back() {
            let passed = now.duration_since(*last);
            if passed > STALE {
                self.snapshots.clear();
            } else if passed < CLOSE && self.snapshots.len() > 1 {
                self.snapshots.pop_back();
            }
        }
        self.snapshots.push_back((now, snapshot));
        if self.snapshots.len() > SECONDS + 1 {
            self.snapshots.pop_front();
        }
    }

    /// What happened to `hook`, an entry of the newest snapshot; none where there is no other.
    pub(super) fn recent(&self, hook: &HookSnapshot) -> Option<Recent> {
        let (now, _) = self.snapshots.back()?;
        let (last, before) = self.snapshots.iter().rev().nth(1)?;
        let (first, oldest) = self.snapshots.front()?;
        let earlier = of(oldest, hook);
        let calls = |snapshot| of(snapshot, hook).map_or(0, |hook: &HookSnapshot| hook.calls);
        Some(Recent {
            rate: per_second(hook.calls - calls(oldest), *now - *first),
            rate_now: per_second(hook.calls - calls(before), *now - *last),
            verdicts: (0..hook.verdicts.len())
                .map(|index| {
                    hook.verdicts[index].1 - earlier.map_or(0, |hook| hook.verdicts[index].1)
                })
                .collect(),
            latency: match earlier {
                Some(earlier) => since(&hook.latency, &earlier.latency),
                None => hook.latency.clone(),
            },
        })
    }
}

fn of<'snapshot>(
    snapshot: &'snapshot MetricsSnapshot,
    hook: &HookSnapshot,
) -> Option<&'snapshot HookSnapshot> {
    let mut hooks = snapshot.hooks.iter();
    hooks.find(|other| other.hook == hook.hook && other.package == hook.package)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody calls so often in a few seconds"
)]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(0.001)
}

/// What was recorded after `earlier`. Buckets only grow, and those that are there stay.
fn since(now: &LatencySnapshot, earlier: &LatencySnapshot) -> LatencySnapshot {
    let mut buckets = Vec::new();
    let mut others = earlier.buckets.iter().peekable();
    for (upper, count) in &now.buckets {
        let before = others.next_if(|(other, _)| other == upper);
        let here = count - before.map_or(0, |(_, count)| *count);
        if here > 0 {
            buckets.push((*upper, here));
        }
    }
    LatencySnapshot {
        count: buckets.iter().map(|(_, count)| count).sum(),
        sum: now.sum.saturating_sub(earlier.sum),
        buckets,
    }
}
