//! Files of options, in TOML.

use std::{fs, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::value::ConfigValue;
use crate::error::{Error, ErrorCode};

/// Where something stands in a file of options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    /// From 1.
    pub(super) line: usize,
    /// In letters, from 1.
    pub(super) column: usize,
}

impl Place {
    /// An error about what stands there.
    pub(super) fn error(&self, message: &str) -> Error {
        let Place { path, line, column } = self;
        Error::new(
            ErrorCode::InvalidOption,
            format!("{path}:{line}:{column}: {message}"),
        )
    }
}

/// An option that a file sets.
#[derive(Debug)]
pub(super) struct FileOption {
    /// With the names of the tables around it, as in `tls_cert` of the table `tls`.
    pub(super) name: String,
    /// `None` where it is of no kind that options are of.
    pub(super) value: Option<ConfigValue>,
    /// How the value is written, for error messages.
    pub(super) written: String,
    pub(super) key_place: Place,
    pub(super) value_place: Place,
}

/// Reads the options that a file sets. `named_by` is what named the file, for error messages.
///
/// # Errors
///
/// [`ErrorCode::Io`] where it cannot be read, and [`ErrorCode::InvalidOption`] where it is no TOML.
pub(super) fn read(path: &str, named_by: &str) -> Result<Vec<FileOption>, Error> {
    let text = fs::read_to_string(path).map_err(|error| {
        let what = format!("cannot read the configuration file {path} ({named_by})");
        Error::io(what, error)
    })?;
    let file = File { path, text: &text };
    let table = DeTable::parse(&text).map_err(|error| {
        let place = file.place(&error.span().unwrap_or_default());
        place.error(error.message())
    })?;
    let mut options = Vec::new();
    file.collect("", table.get_ref(), &mut options);
    Ok(options)
}

struct File<'text> {
    path: &'text str,
    text: &'text str,
}

impl File<'_> {
    fn collect(&self, prefix: &str, table: &DeTable<'_>, options: &mut Vec<FileOption>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            if let DeValue::Table(inner) = value.get_ref() {
                self.collect(&format!("{name}_"), inner, options);
                continue;
            }
            options.push(FileOption {
                name,
                value: value_of(value.get_ref()),
                written: self.written(value),
                key_place: self.place(&key.span()),
                value_place: self.place(&value.span()),
            });
        }
    }

    fn written(&self, value: &Spanned<DeValue<'_>>) -> String {
        let text = self.text.get(value.span()).unwrap_or_default();
        // What is long may be a key that was put in the wrong place.
        if text.is_empty() || text.len() > 40 || text.contains('\n') {
            return value.get_ref().type_str().to_owned();
        }
        text.to_owned()
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

fn value_of(value: &DeValue<'_>) -> Option<ConfigValue> {
    match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(ConfigValue::Number),
        DeValue::Boolean(on) => Some(ConfigValue::Switch(*on)),
        DeValue::String(text) => Some(ConfigValue::Text(text.to_string())),
        _ => None,
    }
}
