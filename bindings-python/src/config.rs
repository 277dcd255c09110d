//! The options of a server, by name.

use exhook::{Config, ConfigValue};
use pyo3::{
    prelude::*,
    types::{PyBool, PyDict},
};

use crate::errors::{invalid_option, raised};

/// The options of a server with their default values. Times are milliseconds, sizes are bytes.
#[pyfunction]
pub(crate) fn default_config(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let fields = PyDict::new(py);
    for (name, value) in Config::default().options() {
        match value {
            ConfigValue::Number(number) => fields.set_item(name, number)?,
            ConfigValue::Switch(on) => fields.set_item(name, on)?,
            ConfigValue::Text(text) => fields.set_item(name, text)?,
        }
    }
    Ok(fields)
}

/// What each option of a server means.
#[pyfunction]
pub(crate) fn describe_config(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let descriptions = PyDict::new(py);
    for (name, _) in Config::default().options() {
        descriptions.set_item(name, Config::description(name))?;
    }
    Ok(descriptions)
}

/// Reads keyword arguments over the defaults.
pub(crate) fn config_from(options: Option<&Bound<'_, PyDict>>) -> PyResult<Config> {
    let mut config = Config::default();
    let kinds = config.options();
    for (name, value) in options.into_iter().flatten() {
        let name = name.extract::<String>()?;
        let value = match kinds.iter().find(|(option, _)| *option == name) {
            Some((_, kind)) => read(&name, kind, &value)?,
            // Refused by its name.
            None => ConfigValue::Number(0),
        };
        config.set(&name, value).map_err(|error| raised(&error))?;
    }
    Ok(config)
}

fn read(name: &str, kind: &ConfigValue, value: &Bound<'_, PyAny>) -> PyResult<ConfigValue> {
    // bool is a kind of int in Python, but True milliseconds are a mistake.
    let is_bool = value.is_exact_instance_of::<PyBool>();
    let (read, expected) = match kind {
        ConfigValue::Switch(_) => (
            value.extract().ok().map(ConfigValue::Switch),
            "True or False",
        ),
        ConfigValue::Number(_) if is_bool => (None, kind.expected()),
        ConfigValue::Number(_) => (
            value.extract().ok().map(ConfigValue::Number),
            kind.expected(),
        ),
        ConfigValue::Text(_) => (value.extract().ok().map(ConfigValue::Text), kind.expected()),
    };
    read.ok_or_else(|| invalid_option(format!("{name} is {value:?}; it takes {expected}")))
}
