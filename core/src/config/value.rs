//! [`ConfigValue`]: the value of an option that goes by its name.

use std::fmt::{self, Write as _};

/// The value of an option where options go by name: in files, in the environment, in other
/// languages.
#[derive(Clone, PartialEq, Eq)]
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

    /// Reads what stands in the environment or on a command line as a value of this one's kind.
    pub(super) fn read(&self, text: &str) -> Option<Self> {
        let word = text.trim();
        match self {
            ConfigValue::Number(_) => word.parse().ok().map(ConfigValue::Number),
            ConfigValue::Switch(_) => match word.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => Some(ConfigValue::Switch(true)),
                "0" | "false" | "no" | "off" => Some(ConfigValue::Switch(false)),
                _ => None,
            },
            ConfigValue::Text(_) => Some(ConfigValue::Text(text.to_owned())),
        }
    }

    /// Whether both are numbers, switches or texts.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

// A private key is not shown.
impl fmt::Debug for ConfigValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigValue::Text(text) if text.contains("PRIVATE KEY-----") => {
                formatter.write_str("\"(a private key)\"")
            }
            _ => fmt::Display::fmt(self, formatter),
        }
    }
}

/// As TOML has it.
impl fmt::Display for ConfigValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            ConfigValue::Number(number) => return number.fmt(formatter),
            ConfigValue::Switch(on) => return on.fmt(formatter),
            ConfigValue::Text(text) => text,
        };
        formatter.write_char('"')?;
        for letter in text.chars() {
            match letter {
                '"' | '\\' => write!(formatter, "\\{letter}")?,
                '\n' => formatter.write_str("\\n")?,
                letter if letter.is_control() => write!(formatter, "\\u{:04X}", letter as u32)?,
                letter => formatter.write_char(letter)?,
            }
        }
        formatter.write_char('"')
    }
}
