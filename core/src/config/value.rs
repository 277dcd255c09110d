//! [`ConfigValue`]: the value of an option that goes by its name.

use std::fmt;

/// The value of an option where options go by name: in files, in the environment, in other
/// languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigValue {
    /// A whole number from 0.
    Number(u64),
    /// On or off.
    Switch(bool),
    /// Words, such as an address.
    Text(String),
}

impl ConfigValue {
    /// What an option takes whose value is of this kind, for error messages.
    pub const fn expected(&self) -> &'static str {
        match self {
            ConfigValue::Number(_) => "a whole number from 0",
            ConfigValue::Switch(_) => "true or false",
            ConfigValue::Text(_) => "a text",
        }
    }
}

impl fmt::Display for ConfigValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigValue::Number(number) => number.fmt(formatter),
            ConfigValue::Switch(on) => on.fmt(formatter),
            ConfigValue::Text(text) => write!(formatter, "{text:?}"),
        }
    }
}
