//! [`Settings`]: the options of a run, each with where its value is from.

use std::fmt;

use super::{file::Place, options::Config, value::ConfigValue};

/// What is shown instead of a secret.
const HIDDEN: &str = "(hidden)";

/// The options that are secrets whatever their value is.
const SECRETS: [&str; 1] = ["tls_key"];

/// How each PEM text begins.
const PEM: &str = "-----BEGIN";

/// Where the value of an option is from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigSource {
    /// Nobody gave one.
    Default,
    /// The program.
    Code,
    /// A file.
    File {
        /// As it was given.
        path: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// The environment variable of this name.
    Environment(String),
    /// The flag of this name, with its dashes.
    Flag(String),
}

impl From<Place> for ConfigSource {
    fn from(Place { path, line, column }: Place) -> Self {
        ConfigSource::File { path, line, column }
    }
}

impl fmt::Display for ConfigSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigSource::Default => formatter.write_str("default"),
            ConfigSource::Code => formatter.write_str("code"),
            ConfigSource::File { path, line, .. } => write!(formatter, "file {path}:{line}"),
            ConfigSource::Environment(variable) => write!(formatter, "environment {variable}"),
            ConfigSource::Flag(flag) => write!(formatter, "flag {flag}"),
        }
    }
}

/// An option with its value, and where that is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As in files, such as `timeout_ms`.
    pub name: String,
    /// May be a secret: [`shown`](Setting::shown) is what others may read.
    pub value: ConfigValue,
    /// Where the value is from.
    pub source: ConfigSource,
}

impl Setting {
    /// The value as TOML has it; `"(hidden)"` for keys and for PEM that is given as text, and
    /// without the password of a URL.
    pub fn shown(&self) -> String {
        self.without_secrets().to_string()
    }

    /// The value that others may read.
    pub(crate) fn without_secrets(&self) -> ConfigValue {
        let ConfigValue::Text(text) = &self.value else {
            return self.value.clone();
        };
        let is_secret = SECRETS.contains(&&*self.name) && !text.is_empty();
        let shown = if is_secret || text.contains(PEM) {
            HIDDEN.to_owned()
        } else {
            without_password(text)
        };
        ConfigValue::Text(shown)
    }
}

/// A URL without the name and password in it.
fn without_password(text: &str) -> String {
    if let Some((scheme, rest)) = text.split_once("://") {
        let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        if let Some(at) = rest[..host_end].rfind('@') {
            return format!("{scheme}://{HIDDEN}{}", &rest[at..]);
        }
    }
    text.to_owned()
}

/// The options of a run, each with where its value is from: what [`ConfigLayers`] come to.
///
/// Displayed it is a file of options, with the sources as comments and without secrets.
///
/// [`ConfigLayers`]: crate::ConfigLayers
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub(super) config: Config,
    pub(super) all: Vec<Setting>,
    /// The file that was read.
    pub(super) file: Option<Setting>,
}

impl Settings {
    /// The options of the server.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Where to serve: the option `bind`, empty where the layers had none.
    pub fn bind(&self) -> &str {
        match self.get("bind").map(|setting| &setting.value) {
            Some(ConfigValue::Text(bind)) => bind,
            _ => "",
        }
    }

    /// Every option, first those of the program, then those of the server.
    pub fn all(&self) -> &[Setting] {
        &self.all
    }

    /// The option of this name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.all.iter().find(|setting| setting.name == name)
    }

    /// Every option as others may read it: its name, its value as TOML has it without secrets, and
    /// where that is from.
    pub fn redacted(&self) -> impl Iterator<Item = (&str, String, String)> {
        self.all.iter().map(|setting| {
            let source = setting.source.to_string();
            (setting.name.as_str(), setting.shown(), source)
        })
    }
}

/// The options that a program gives; what is not as by default is from its code.
impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        let defaults = Config::default().options();
        let options = config.options().into_iter().zip(defaults);
        let all = options.map(|((name, value), (_, default))| Setting {
            name: name.to_owned(),
            source: if value == default {
                ConfigSource::Default
            } else {
                ConfigSource::Code
            },
            value,
        });
        Self {
            config: config.clone(),
            all: all.collect(),
            file: None,
        }
    }
}

impl From<&Settings> for Settings {
    fn from(settings: &Settings) -> Self {
        settings.clone()
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Setting { value, source, .. }) = &self.file {
            writeln!(formatter, "# file {value} ({source})")?;
        }
        let lines = self.redacted();
        let lines: Vec<_> = lines
            .map(|(name, shown, source)| (format!("{name} = {shown}"), source))
            .collect();
        let width = lines.iter().map(|(line, _)| line.chars().count()).max();
        let width = width.unwrap_or(0);
        for (line, source) in lines {
            writeln!(formatter, "{line:width$}  # {source}")?;
        }
        Ok(())
    }
}
