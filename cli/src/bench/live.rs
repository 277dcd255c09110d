//! [`LiveView`]: how it goes, on a terminal, while it goes.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{measured::Latencies, report::latency, worker::LIVE_INTERVAL};

/// One line on standard error, where that is a terminal.
pub(super) struct LiveView {
    line: ProgressBar,
    threads: usize,
    /// What the threads that have told their last second came to.
    recent: Latencies,
    failed: u64,
    told: usize,
}

impl LiveView {
    pub(super) fn new(threads: usize, quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let line = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{elapsed:>4}  {prefix}  {msg}") {
            line.set_style(style);
        }
        Self {
            line,
            threads,
            recent: Latencies::new(),
            failed: 0,
            told: 0,
        }
    }

    /// Whether anybody sees it.
    pub(super) fn is_seen(&self) -> bool {
        !self.line.is_hidden()
    }

    pub(super) fn begin(&self, phase: &'static str) {
        self.line.reset();
        self.line.set_prefix(phase);
        self.line.tick();
    }

    /// Takes the last second of one thread, and shows it with those of the others.
    pub(super) fn add(&mut self, latencies: &Latencies, failed: u64) {
        self.recent.add(latencies);
        self.failed += failed;
        self.told += 1;
        if self.told < self.threads {
            return;
        }
        self.line.set_message(message(&self.recent, self.failed));
        self.line.tick();
        self.recent = Latencies::new();
        self.failed = 0;
        self.told = 0;
    }

    pub(super) fn finish(&self) {
        self.line.finish_and_clear();
    }
}

fn message(recent: &Latencies, failed: u64) -> String {
    let share = Duration::from_secs(1).div_duration_f64(LIVE_INTERVAL);
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let rate = recent.0.len() as f64 * share;
    format!(
        "{rate:.0} calls/s  p50 {}  p99 {}  {failed} failed",
        latency(recent.quantile(0.5)),
        latency(recent.quantile(0.99))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_is_told() {
        let mut recent = Latencies::new();
        for _ in 0..3 {
            recent.record(Duration::from_micros(100));
        }
        assert_eq!(
            message(&recent, 1),
            "3 calls/s  p50 100 µs  p99 100 µs  1 failed"
        );
    }
}
