//! [`ConfigLayers`]: where options get their values from, and who has the last word.

use std::{collections::BTreeMap, env};

use super::{
    file,
    options::Config,
    settings::{ConfigSource, Setting, Settings},
    table::{PREFIX, ProgramOption, Table, flag_of, invalid, variable_of},
    value::ConfigValue,
};
use crate::error::Error;

/// Where programs serve that do not say where.
pub const DEFAULT_BIND: &str = "127.0.0.1:9000";

/// The option that names the file of options; it cannot stand in one.
pub(super) const FILE: &str = "config";

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

    /// Every option, with its default.
    pub fn defaults(&self) -> Vec<(String, ConfigValue)> {
        let settings = Table::new(&self.options).settings.into_iter();
        settings
            .map(|setting| (setting.name, setting.value))
            .collect()
    }

    /// Reads the file, and gives each option the value of the layer that has the last word.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Io`](crate::ErrorCode::Io) where the file cannot be read. [`ErrorCode::InvalidOption`](crate::ErrorCode::InvalidOption) where there is
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
