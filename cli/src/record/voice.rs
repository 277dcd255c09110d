//! [`Voice`]: what is said while a recording is under way.

use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Speaks on standard error; beside messages, a count where that is a terminal.
#[derive(Clone)]
pub(super) struct Voice(ProgressBar);

impl Voice {
    pub(super) fn new(quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let count = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{pos} calls recorded, {msg}") {
            count.set_style(style);
        }
        count.set_message("no connection");
        Self(count)
    }

    pub(super) fn say(&self, message: &str) {
        self.0.suspend(|| {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr().lock(), "{message}");
        });
    }

    pub(super) fn calls(&self, calls: u64) {
        self.0.set_position(calls);
    }

    pub(super) fn connections(&self, open: usize) {
        self.0.set_message(match open {
            0 => "no connection".to_owned(),
            1 => "1 connection".to_owned(),
            open => format!("{open} connections"),
        });
    }

    /// Takes the count away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
