//! [`ConfigLayers`]: where options get their values from, and who has the last word.

use std::{collections::BTreeMap, env};

use super::{
    file,
    options::Config,
    settings::{ConfigSource, Setting, Settings},
    value::ConfigValue,
};
use crate::{
    error::{Error, ErrorCode},
    words::did_you_mean,
};

/// Where programs serve that do not say where.
pub const DEFAULT_BIND: &str = "127.0.0.1:9000";

/// How the names of environment variables begin.
const PREFIX: &str = "EXHOOK_";

/// The option that names the file of options; it cannot stand in one.
const FILE: &str = "config";

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

/// Where options get their values from: a flag wins over the environment, that over the file, the
/// file over what the code says, and that over the default.
///
/// The file is named by the option `config`: by the flag `--config`, by `EXHOOK_CONFIG` or by the
/// code. No file is looked for unasked.
///
/// ```
/// use exhook::{ConfigLayers, ConfigValue};
///
/// let settings = ConfigLayers::new()
///     .code("timeout_ms", ConfigValue::Number(1_000))
///     .environment([("EXHOOK_TIMEOUT_MS".to_owned(), "2000".to_owned())])
///     .resolve()?;
/// assert_eq!(settings.config().timeout_ms, 2_000);
/// # Ok::<(), exhook::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfigLayers {
    options: Vec<ProgramOption>,
    code: Vec<(String, ConfigValue)>,
    /// `None` for what is not UTF-8.
    environment: BTreeMap<String, Option<String>>,
    flags: Vec<(String, ConfigValue)>,
}

impl Default for ConfigLayers {
    fn default() -> Self {
        Self::new()
    }
}

impl ConfigLayers {
    /// The options of the server, and `bind`, with their defaults.
    pub fn new() -> Self {
        let text = |text: &str| ConfigValue::Text(text.to_owned());
        Self {
            options: vec![
                ProgramOption::new(FILE, text("")),
                ProgramOption::new("bind", text(DEFAULT_BIND)),
            ],
            code: Vec::new(),
            environment: BTreeMap::new(),
            flags: Vec::new(),
        }
    }

    /// Adds an option that is not the server's own.
    pub fn option(mut self, option: ProgramOption) -> Self {
        self.options.push(option);
        self
    }

    /// Names the file of options, as code does.
    pub fn file(self, path: impl Into<String>) -> Self {
        self.code(FILE, ConfigValue::Text(path.into()))
    }

    /// Gives an option a value, as code does.
    pub fn code(mut self, name: impl Into<String>, value: ConfigValue) -> Self {
        self.code.push((name.into(), value));
        self
    }

    /// Gives all options of the server a value that are not as by default, as code does.
    pub fn config(self, config: &Config) -> Self {
        let settings = Settings::from(config);
        let given = settings.all.into_iter();
        given
            .filter(|setting| setting.source == ConfigSource::Code)
            .fold(self, |layers, setting| {
                layers.code(setting.name, setting.value)
            })
    }

    /// Takes environment variables: `EXHOOK_TIMEOUT_MS` is the option `timeout_ms`. Those that are
    /// empty are not set; those that are no option's are left alone.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter();
        self.environment
            .extend(variables.map(|(name, text)| (name, Some(text))));
        self
    }

    /// Takes the environment variables of this process.
    pub fn process_environment(mut self) -> Self {
        let variables = env::vars_os().filter_map(|(name, text)| {
            let name = name.into_string().ok()?;
            name.starts_with(PREFIX)
                .then(|| (name, text.into_string().ok()))
        });
        self.environment.extend(variables);
        self
    }

    /// Gives an option a value, as the command line does. A text is read as the option's kind.
    pub fn flag(mut self, name: impl Into<String>, value: ConfigValue) -> Self {
        self.flags.push((name.into(), value));
        self
    }

    /// Reads the file, and gives each option the value of the layer that has the last word.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Io`] where the file cannot be read. [`ErrorCode::InvalidOption`] where there is
    /// no such option, or a value has no meaning: with the place in the file, the variable or the
    /// flag.
    pub fn resolve(&self) -> Result<Settings, Error> {
        let mut table = Table::new(&self.options);
        for (name, value) in &self.code {
            let setting = table.find(name, name)?;
            let like = Some(value.clone()).filter(|value| value.is_like(&setting.value));
            table.set(name, name, like, ConfigSource::Code, || value.to_string())?;
        }
        let mut above = Table::new(&self.options);
        self.environment_onto(&mut above)?;
        self.flags_onto(&mut above)?;
        let file = [above.find(FILE, FILE)?, table.find(FILE, FILE)?]
            .into_iter()
            .find(|setting| setting.source != ConfigSource::Default)
            .cloned();
        let file = file.filter(|setting| setting.value != ConfigValue::Text(String::new()));
        if let Some(file) = &file {
            file_onto(file, &mut table)?;
        }
        self.environment_onto(&mut table)?;
        self.flags_onto(&mut table)?;
        table.settle(file)
    }

    fn environment_onto(&self, table: &mut Table<'_>) -> Result<(), Error> {
        for name in table.names() {
            let variable = variable_of(&name);
            let text = match self.environment.get(&variable) {
                Some(Some(text)) if !text.is_empty() => text,
                Some(None) => {
                    return Err(invalid(format!("{variable} is not UTF-8")));
                }
                _ => continue,
            };
            let value = table.find(&name, &variable)?.value.read(text);
            let source = ConfigSource::Environment(variable.clone());
            table.set(&name, &variable, value, source, || format!("{text:?}"))?;
        }
        Ok(())
    }

    fn flags_onto(&self, table: &mut Table<'_>) -> Result<(), Error> {
        for (name, value) in &self.flags {
            let flag = flag_of(name);
            let known = &table.find(name, &flag)?.value;
            let read = match value {
                ConfigValue::Text(text) => known.read(text),
                value => Some(value.clone()).filter(|value| value.is_like(known)),
            };
            let source = ConfigSource::Flag(flag.clone());
            table.set(name, &flag, read, source, || value.to_string())?;
        }
        Ok(())
    }
}

fn file_onto(file: &Setting, table: &mut Table<'_>) -> Result<(), Error> {
    let ConfigValue::Text(path) = &file.value else {
        return Ok(());
    };
    for option in file::read(path, &file.source.to_string())? {
        let name = &option.name;
        let place = &option.key_place;
        if name == FILE {
            return Err(place.error("a configuration file cannot name another; take config out"));
        }
        let setting = table.find(name, name);
        let setting = setting.map_err(|error| place.error(&error.to_string()))?;
        if matches!(setting.source, ConfigSource::File { .. }) {
            return Err(place.error(&format!("{name} is set twice; take one of them out")));
        }
        let is_like = |value: &ConfigValue| value.is_like(&setting.value);
        let value = option.value.filter(is_like);
        let source = option.value_place.clone().into();
        table
            .set(name, name, value, source, || option.written)
            .map_err(|error| option.value_place.error(&error.to_string()))?;
    }
    Ok(())
}

/// Every option with the value of the highest layer so far.
struct Table<'options> {
    options: &'options [ProgramOption],
    settings: Vec<Setting>,
}

impl<'options> Table<'options> {
    fn new(options: &'options [ProgramOption]) -> Self {
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

    fn names(&self) -> Vec<String> {
        let names = self.settings.iter().map(|setting| setting.name.clone());
        names.collect()
    }

    /// The option of this name; `subject` is how it is written where it is given.
    fn find(&self, name: &str, subject: &str) -> Result<&Setting, Error> {
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

    fn set(
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

    fn settle(self, file: Option<Setting>) -> Result<Settings, Error> {
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

fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase())
}

fn flag_of(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidOption, message)
}
