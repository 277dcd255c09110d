//! [`Voice`]: what is said while a run is under way.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::ledger::Clock;

/// Speaks on standard error; beside events, of the progress where that is a terminal.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    line: ProgressBar,
    tells_events: bool,
    clock: Clock,
}

impl Voice {
    pub(super) fn new(tells_events: bool, quiet: bool, clock: Clock) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let line = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            line.set_style(style);
        }
        Self {
            line,
            tells_events,
            clock,
        }
    }

    /// Whether anybody sees the progress.
    pub(super) fn is_seen(&self) -> bool {
        !self.line.is_hidden()
    }

    pub(super) fn progress(&self, message: String) {
        self.line.set_message(message);
        self.line.tick();
    }

    /// Tells an event, where events are told; `event` is not made where they are not.
    pub(super) fn tell(&self, event: impl FnOnce() -> String) {
        if !self.tells_events {
            return;
        }
        let line = format!("{:>9}  {}", moment(self.clock.elapsed()), event());
        self.line.suspend(|| {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr().lock(), "{line}");
        });
    }

    /// Takes the progress away.
    pub(super) fn end(&self) {
        self.line.finish_and_clear();
    }
}

/// A moment of the run, in seconds.
pub(super) fn moment(at: Duration) -> String {
    format!("{:.3} s", at.as_secs_f64())
}
