//! [`LogLines`]: the log records of the core as lines of text or JSON.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use serde_json::{Map, Value};
use tracing::{Event, warn};

use super::{LineFile, LineQueue, LineWriter, LogLevel, LogQueue, fields::Fields};
use crate::error::{Error, ErrorCode};

static CURRENT: RwLock<Option<Arc<LogLines>>> = RwLock::new(None);

/// Where the option `log` sends the records of this process.
pub(crate) struct LogLines {
    /// The option, by which it is known again.
    option: String,
    is_json: bool,
    lines: LineQueue<String>,
    lost: Arc<AtomicU64>,
}

impl LogLines {
    /// Sends the records of the process where the option `log` says; empty leaves them where they
    /// go. The option that came last counts.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where the option has no meaning, or the file cannot be written.
    pub(crate) fn begin(option: &str) -> Result<(), Error> {
        if option.is_empty() || current().is_some_and(|lines| lines.is_for(option)) {
            return Ok(());
        }
        let refused = |problem: &str| {
            Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "log is {option:?}: {problem}; it takes text or json, and may go on with a file, \
                     as in json:/var/log/exhook.log"
                ),
            )
        };
        let (format, path) = option.split_once(':').unwrap_or((option, ""));
        let is_json = match format {
            "text" => false,
            "json" => true,
            _ => return Err(refused("there is no such form")),
        };
        let lost = Arc::new(AtomicU64::new(0));
        let file = match path {
            "" => None,
            path => Some(
                LineFile::open(path, None)
                    .map_err(|error| refused(&format!("the file cannot be written: {error}")))?,
            ),
        };
        let output = Output {
            file,
            pending: String::new(),
            is_json,
            lost: Arc::clone(&lost),
        };
        if !LogQueue::is_installed() && LogQueue::install(LogLevel::of_environment()).is_err() {
            warn!(
                "the option log has no effect: the program logs through a subscriber of tracing of \
                 its own"
            );
            return Ok(());
        }
        let lines = Self {
            option: option.to_owned(),
            is_json,
            lines: LineQueue::start("exhook-lines", output)?,
            lost,
        };
        let before = CURRENT
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(Arc::new(lines));
        if let Some(before) = before {
            before.lines.close();
        }
        Ok(())
    }

    /// Waits until what was logged is written, but not for ever.
    pub(crate) fn flush() {
        if let Some(lines) = current() {
            lines.lines.flush();
        }
    }

    fn is_for(&self, option: &str) -> bool {
        self.option == option && self.lines.is_own_process()
    }

    /// Takes a record.
    pub(super) fn push(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = LogLevel::from(*metadata.level());
        let line = line(self.is_json, level, metadata.target(), fields);
        // A forked child has no thread that would write it.
        if self.lines.is_own_process() && !self.lines.push(line) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Where records go as lines, if they do.
pub(super) fn current() -> Option<Arc<LogLines>> {
    CURRENT
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

fn line(is_json: bool, level: LogLevel, target: &str, fields: Fields) -> String {
    let ts = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
    if is_json {
        let mut object = Map::new();
        object.insert("ts".to_owned(), ts.into());
        object.insert("level".to_owned(), level.name().into());
        object.insert("target".to_owned(), target.into());
        object.insert("message".to_owned(), fields.message.into());
        object.extend(fields.others.into_iter().map(|(n, v)| (n.to_owned(), v)));
        return Value::Object(object).to_string();
    }
    let mut text = format!("{ts} {:<5} {target}: {}", level.name(), fields.message);
    for (name, value) in &fields.others {
        // Writing into a String cannot fail.
        let _ = match value {
            Value::String(value) => write!(text, " {name}={value}"),
            other => write!(text, " {name}={other}"),
        };
    }
    // What clients send must not look like lines of ours.
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}

/// The thread's side: standard error, or a file. Records that it cannot write are counted, and the
/// count is a line of its own once it can.
struct Output {
    file: Option<LineFile>,
    pending: String,
    is_json: bool,
    lost: Arc<AtomicU64>,
}

impl Output {
    fn add(&mut self, line: &str) {
        match &mut self.file {
            // Without rotation nothing is written here.
            Some(file) => drop(file.add(line)),
            None => {
                self.pending.push_str(line);
                self.pending.push('\n');
            }
        }
    }
}

impl LineWriter<String> for Output {
    fn write(&mut self, line: String) {
        self.add(&line);
    }

    fn flush(&mut self) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let fields = Fields {
                message: format!("{lost} records dropped"),
                ..Fields::default()
            };
            let notice = line(self.is_json, LogLevel::Warn, "exhook", fields);
            self.add(&notice);
        }
        let failed = match &mut self.file {
            Some(file) => file.write().err().map(|lost| lost.lines),
            None => {
                let written = io::stderr().write_all(self.pending.as_bytes());
                let lines = self.pending.lines().count() as u64;
                self.pending.clear();
                written.err().map(|_| lines)
            }
        };
        if let Some(lines) = failed {
            // The notice itself stands for those that it counted.
            let more = lost.saturating_sub(u64::from(lost > 0));
            self.lost.fetch_add(lines + more, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        Fields {
            message: "a \"message\"".to_owned(),
            others: vec![("clientid", "c\n1".into()), ("number", 7.into())],
        }
    }

    #[test]
    fn a_record_is_one_line_that_keeps_its_fields() {
        let text = line(false, LogLevel::Warn, "exhook::server", fields());
        let (_, text) = text.split_once(' ').expect("a time");
        let expected = "warn  exhook::server: a \"message\" clientid=c\\n1 number=7";
        assert_eq!(text, expected);
        let json = line(true, LogLevel::Warn, "exhook::server", fields());
        let json: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["level"], "warn");
        assert_eq!(json["target"], "exhook::server");
        assert_eq!(json["message"], "a \"message\"");
        assert_eq!(json["clientid"], "c\n1");
        assert_eq!(json["number"], 7);
    }

    #[test]
    fn an_option_without_a_meaning_is_refused_with_those_that_have_one() {
        for option in ["xml", "json:/no/such/folder/log"] {
            let error = LogLines::begin(option).expect_err("no meaning").to_string();
            assert!(error.contains("it takes text or json"), "{error}");
        }
    }
}
