//! [`LogRecord`] and its [`LogLevel`].

use std::str::FromStr;

use tracing::{Level, level_filters::LevelFilter};

use crate::error::{Error, ErrorCode};

/// How much a record matters, and from where on records are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogLevel {
    /// No records at all.
    Off,
    /// Something is lost, or wrong.
    Error,
    /// Something may become wrong.
    Warn,
    /// What one may want to know.
    Info,
    /// What helps to find mistakes.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    pub(super) const ALL: [LogLevel; 6] = [
        LogLevel::Off,
        LogLevel::Error,
        LogLevel::Warn,
        LogLevel::Info,
        LogLevel::Debug,
        LogLevel::Trace,
    ];

    /// The level's name, such as `warn`.
    pub const fn name(self) -> &'static str {
        match self {
            LogLevel::Off => "off",
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }

    /// The level that `EXHOOK_LOG_LEVEL` names, else info.
    pub(super) fn of_environment() -> Self {
        let named = std::env::var("EXHOOK_LOG_LEVEL").ok();
        named
            .and_then(|name| name.parse().ok())
            .unwrap_or(LogLevel::Info)
    }

    pub(super) const fn filter(self) -> LevelFilter {
        match self {
            LogLevel::Off => LevelFilter::OFF,
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG => LogLevel::Debug,
            Level::TRACE => LogLevel::Trace,
        }
    }
}

impl FromStr for LogLevel {
    type Err = Error;

    /// Reads a level's name; `warning` and `critical` are known too.
    fn from_str(name: &str) -> Result<Self, Error> {
        let same = match name {
            "warning" => "warn",
            "critical" => "off",
            other => other,
        };
        let level = LogLevel::ALL.iter().find(|level| level.name() == same);
        level.copied().ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "{name:?} is no log level; expected trace, debug, info, warning, error or off"
                ),
            )
        })
    }
}

/// One log record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// The module that logged, such as `exhook::server`.
    pub target: &'static str,
    /// What happened, with the fields of the record.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_by_name_and_unknown_ones_are_refused_with_the_known() {
        assert_eq!(
            "warning".parse::<LogLevel>().expect("a level"),
            LogLevel::Warn
        );
        let error = "loud".parse::<LogLevel>().expect_err("no level");
        assert!(error.to_string().contains("expected trace, debug"));
    }
}
