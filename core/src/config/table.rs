//! [`Table`]: every option with its value so far.

use super::{
    layers::FILE,
    options::Config,
    settings::{ConfigSource, Setting, Settings},
    value::ConfigValue,
};
use crate::{
    error::{Error, ErrorCode},
    words::did_you_mean,
};

/// How the names of environment variables begin.
pub(super) const PREFIX: &str = "EXHOOK_";

/// An option that is not the server's own, but of the program or its language.
#[derive(Clone, Debug)]
pub struct ProgramOption {
    name: String,
    default: ConfigValue,
    words: Vec<String>,
}

impl ProgramOption {
    /// An option with words joined by `_` as its name; it takes values of the default's kind.
    pub fn new(name: impl Into<String>, default: ConfigValue) -> Self {
        Self {
            name: name.into(),
            default,
            words: Vec::new(),
        }
    }

    /// Lets the option take these words only, however they are written. Its default may be another.
    pub fn one_of(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { words, ..self }
    }
}

/// Every option with the value of the highest layer so far.
pub(super) struct Table<'options> {
    options: &'options [ProgramOption],
    pub(super) settings: Vec<Setting>,
}

impl<'options> Table<'options> {
    pub(super) fn new(options: &'options [ProgramOption]) -> Self {
        let program = options.iter().map(|option| {
            let ProgramOption { name, default, .. } = option;
            (name.clone(), default.clone())
        });
        let config = Config::default().options().into_iter();
        let all = program.chain(config.map(|(name, value)| (name.to_owned(), value)));
        Self {
            options,
            settings: all
                .map(|(name, value)| Setting {
                    name,
                    value,
                    source: ConfigSource::Default,
                })
                .collect(),
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        let names = self.settings.iter().map(|setting| setting.name.clone());
        names.collect()
    }

    /// The option of this name; `subject` is how it is written where it is given.
    pub(super) fn find(&self, name: &str, subject: &str) -> Result<&Setting, Error> {
        let found = self.settings.iter().find(|setting| setting.name == name);
        found.ok_or_else(|| {
            let names = self.settings.iter().map(|setting| {
                if subject.starts_with("--") {
                    flag_of(&setting.name)
                } else {
                    setting.name.clone()
                }
            });
            let names: Vec<_> = names.collect();
            let near = did_you_mean(subject, names.iter().map(String::as_str));
            invalid(format!("there is no option {subject}{near}"))
        })
    }

    pub(super) fn set(
        &mut self,
        name: &str,
        subject: &str,
        value: Option<ConfigValue>,
        source: ConfigSource,
        written: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        let setting = self.settings.iter_mut();
        let Some(setting) = setting.into_iter().find(|setting| setting.name == name) else {
            return Ok(());
        };
        let Some(mut value) = value else {
            let expected = setting.value.expected();
            let written = written();
            return Err(invalid(format!(
                "{subject} is {written}; it takes {expected}"
            )));
        };
        let words = self.options.iter().find(|option| option.name == name);
        let words = words.map_or(&[][..], |option| &option.words);
        if let (ConfigValue::Text(text), false) = (&mut value, words.is_empty()) {
            *text = text.trim().to_lowercase();
            if !words.contains(text) {
                let known = words.join(", ");
                let near = did_you_mean(text, words.iter().map(String::as_str));
                let known = format!("it is one of {known}{near}");
                return Err(invalid(format!("{subject} is {value}; {known}")));
            }
        }
        setting.value = value;
        setting.source = source;
        Ok(())
    }

    pub(super) fn settle(self, file: Option<Setting>) -> Result<Settings, Error> {
        let mut config = Config::default();
        let own = config.options();
        for setting in &self.settings {
            if own.iter().any(|(name, _)| *name == setting.name) {
                config.set(&setting.name, setting.value.clone())?;
            }
        }
        let mut all = self.settings;
        all.retain(|setting| setting.name != FILE);
        let settings = Settings { config, all, file };
        let checked = settings.config.validate();
        checked.map_err(|error| with_source(&settings, &error))?;
        Ok(settings)
    }
}

/// The error with where the value is from that it is about.
fn with_source(settings: &Settings, error: &Error) -> Error {
    let message = error.to_string();
    let name = message.split([' ', ':']).next().unwrap_or_default();
    let message = match settings.get(name).map(|setting| &setting.source) {
        Some(ConfigSource::File { path, line, column }) => {
            format!("{path}:{line}:{column}: {message}")
        }
        Some(source @ (ConfigSource::Environment(_) | ConfigSource::Flag(_))) => {
            format!("{message} ({source})")
        }
        _ => message,
    };
    Error::new(error.code(), message)
}

pub(super) fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase())
}

pub(super) fn flag_of(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

pub(super) fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidOption, message)
}
