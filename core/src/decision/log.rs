//! [`DecisionLog`]: the decisions about valued hooks, as lines of JSON or log records.

use std::sync::{Arc, atomic::Ordering};

use tracing::{info, warn};

use super::{Decision, Observer, entry::Entry};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    log::{LineFile, LineQueue, LineWriter, LinesLost, Rotation, Seldom},
    metrics::Metrics,
};

/// Where the option `decision_log` sends decisions to other log lines.
const TO_LOG: &str = "log";

/// Notes decisions about valued hooks, for a thread of its own to write.
pub(crate) struct DecisionLog {
    entries: LineQueue<Entry>,
    metrics: Arc<Metrics>,
    is_full: Seldom,
}

impl DecisionLog {
    /// Begins the log that `config` asks for; `None` where the option is off.
    ///
    /// # Errors
    ///
    /// When the file cannot be written to.
    pub(crate) fn start(
        config: &Config,
        metrics: &Arc<Metrics>,
    ) -> Result<Option<Arc<Self>>, Error> {
        let name = "exhook-decisions";
        let entries = match config.decision_log.as_str() {
            "" => return Ok(None),
            TO_LOG => LineQueue::start(name, Records)?,
            path => {
                let rotation = Rotation {
                    max_bytes: config.decision_log_max_bytes,
                    files: config.decision_log_files,
                };
                let file = LineFile::open(path, Some(rotation)).map_err(|error| {
                    Error::new(
                        ErrorCode::InvalidOption,
                        format!(
                            "decision_log: cannot write to {path}: {error}; give the path of a \
                             file in a folder that is there, or `{TO_LOG}`"
                        ),
                    )
                })?;
                let lines = Lines {
                    file,
                    metrics: Arc::clone(metrics),
                    failed: Seldom::new(),
                };
                LineQueue::start(name, lines)?
            }
        };
        Ok(Some(Arc::new(Self {
            entries,
            metrics: Arc::clone(metrics),
            is_full: Seldom::new(),
        })))
    }

    /// Writes what was noted, and ends the thread.
    pub(crate) fn close(&self) {
        self.entries.close();
    }
}

impl Observer for DecisionLog {
    fn decided(&self, decision: &Decision<'_>) {
        if !decision.hook.is_valued() || self.entries.push(Entry::of(decision)) {
            return;
        }
        self.metrics.decisions_lost.fetch_add(1, Ordering::Relaxed);
        if let Some(due) = self.is_full.due() {
            warn!(
                repeated = due.repeated,
                "decisions come faster than decision_log writes them; some are lost, and counted in \
                 exhook_decisions_lost_total"
            );
        }
    }
}

/// Writes entries to a file.
struct Lines {
    file: LineFile,
    metrics: Arc<Metrics>,
    failed: Seldom,
}

impl Lines {
    fn note(&self, result: Result<(), LinesLost>) {
        let Err(LinesLost { lines, error }) = result else {
            return;
        };
        self.metrics
            .decisions_lost
            .fetch_add(lines, Ordering::Relaxed);
        if let Some(due) = self.failed.due() {
            warn!(
                repeated = due.repeated,
                path = %self.file.path().display(),
                %error,
                lines,
                "decision_log cannot be written or put aside; calls are answered as before, and what \
                 is lost is counted in exhook_decisions_lost_total"
            );
        }
    }
}

impl LineWriter<Entry> for Lines {
    fn write(&mut self, entry: Entry) {
        let added = self.file.add(&entry.json());
        self.note(added);
    }

    fn flush(&mut self) {
        let written = self.file.write();
        self.note(written);
    }
}

/// Sends entries to where other log lines go.
struct Records;

impl LineWriter<Entry> for Records {
    fn write(&mut self, entry: Entry) {
        info!(
            target: "exhook::decision",
            hook = entry.hook.name(),
            package = entry.package.short_name(),
            clientid = entry.clientid,
            username = entry.username,
            topic = entry.topic,
            verdict = entry.verdict,
            cause = entry.cause.name(),
            handler = entry.handler,
            ms = entry.milliseconds(),
            shadow = entry.shadow.is_some(),
            agrees = entry.shadow,
            "decided"
        );
    }

    fn flush(&mut self) {}
}
