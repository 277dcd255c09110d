//! [`Program`]: the hook program of a group of cases, and the lines that describe it to runners.

use std::{collections::BTreeMap, fmt::Write as _};

use exhook::{Config, ConfigValue, Fallback, Hook};
use serde::Deserialize;

use crate::{Problem, answer::Answer};

/// Options and handlers as a file gives them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    /// Options of the server.
    #[serde(default)]
    pub(crate) options: toml::Table,
    /// In the order of their registration.
    #[serde(default)]
    pub(crate) handler: Vec<Handler>,
}

/// One handler.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handler {
    hook: String,
    #[serde(default)]
    topics: Vec<String>,
    fallback: Option<String>,
    ack: Option<String>,
    shadow: Option<bool>,
    timeout_ms: Option<u64>,
    /// What it answers everybody.
    answer: Option<String>,
    /// What it answers a client, by the part of its client id before the slash.
    #[serde(default)]
    answers: BTreeMap<String, String>,
}

impl Program {
    /// Checks everything that a runner would stumble over.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut config = Config::default();
        for (name, value) in &self.options {
            let value = match value {
                toml::Value::Integer(number) => {
                    ConfigValue::Number(u64::try_from(*number).unwrap_or_default())
                }
                toml::Value::Boolean(on) => ConfigValue::Switch(*on),
                other => ConfigValue::Text(other.to_string()),
            };
            config.set(name, value).map_err(|error| error.to_string())?;
        }
        for handler in &self.handler {
            let hook = hook(&handler.hook)?;
            if let Some(fallback) = &handler.fallback {
                Fallback::for_hook(hook, fallback).map_err(|error| error.to_string())?;
            }
            handler.parsed()?;
        }
        Ok(())
    }

    /// Whether handlers of this kind have to be allowed to wait.
    pub(crate) fn waits(&self) -> bool {
        self.answers().any(|answer| answer.waits())
    }

    /// Every answer of every handler.
    pub(crate) fn answers(&self) -> impl Iterator<Item = Answer> {
        self.handler
            .iter()
            .flat_map(|handler| handler.parsed().unwrap_or_default())
            .map(|(_, answer)| answer)
    }

    /// The lines that a runner makes the program of; its handlers are of `kind`, and it listens on
    /// `bind`.
    pub(crate) fn lines(&self, kind: &str, bind: &str) -> String {
        let mut lines = String::new();
        for (name, value) in &self.options {
            let _ = writeln!(lines, "option {name} {value}");
        }
        for handler in &self.handler {
            let _ = write!(lines, "handler {} kind={kind}", handler.hook);
            for (name, value) in [
                ("fallback", handler.fallback.clone()),
                ("ack", handler.ack.clone()),
                ("shadow", handler.shadow.map(|on| on.to_string())),
                (
                    "timeout_ms",
                    handler.timeout_ms.map(|time| time.to_string()),
                ),
            ] {
                if let Some(value) = value {
                    let _ = write!(lines, " {name}={value}");
                }
            }
            if !handler.topics.is_empty() {
                let _ = write!(lines, " topics={}", handler.topics.join(","));
            }
            lines.push('\n');
            for (client, answer) in handler.parsed().unwrap_or_default() {
                let _ = writeln!(lines, "answer {client} {answer}");
            }
        }
        let _ = writeln!(lines, "bind {bind}\nstart");
        lines
    }
}

impl Handler {
    /// What it answers whom; `*` is everybody.
    fn parsed(&self) -> Result<Vec<(String, Answer)>, Problem> {
        let everybody = self.answer.iter().map(|answer| ("*", answer));
        let named = self
            .answers
            .iter()
            .map(|(client, answer)| (client.as_str(), answer));
        everybody
            .chain(named)
            .map(|(client, answer)| Ok((client.to_owned(), answer.parse()?)))
            .collect()
    }
}

/// The hook of a name.
pub(crate) fn hook(name: &str) -> Result<Hook, Problem> {
    Hook::from_name(name).ok_or_else(|| {
        let known = Hook::ALL.iter().map(|hook| hook.name());
        format!(
            "there is no hook {name}{}",
            exhook::did_you_mean(name, known)
        )
    })
}
