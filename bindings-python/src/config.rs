//! The options of a server, by name.

use std::{collections::BTreeMap, mem::discriminant};

use exhook::{Config, ConfigLayers, ConfigValue, ProgramOption};
use pyo3::{
    exceptions::PyKeyError,
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

/// An option of the package's own: its name, its default, and the words it takes, where it does not
/// take all.
type Own<'py> = (String, Bound<'py, PyAny>, Vec<String>);

/// The options of a run, each with where its value is from.
#[pyclass(frozen, module = "exhook._native")]
pub(crate) struct Settings {
    settings: exhook::Settings,
}

impl Settings {
    /// As the core has them.
    pub(crate) const fn to_core(&self) -> &exhook::Settings {
        &self.settings
    }
}

#[pymethods]
impl Settings {
    #[new]
    fn new(
        options: Vec<Own<'_>>,
        code: &Bound<'_, PyDict>,
        environment: BTreeMap<String, String>,
        flags: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let mut layers = ConfigLayers::new().environment(environment);
        for (name, default, words) in options {
            let default = value_of(&name, None, &default)?;
            layers = layers.option(ProgramOption::new(name, default).one_of(words));
        }
        let defaults = layers.defaults();
        let kind = |name: &str| {
            let found = defaults.iter().find(|(option, _)| option == name);
            found.map(|(_, default)| default)
        };
        for (name, value) in code {
            let name = name.extract::<String>()?;
            let value = value_of(&name, kind(&name), &value)?;
            layers = layers.code(name, value);
        }
        for (name, value) in flags {
            let name = name.extract::<String>()?;
            let flag = format!("--{}", name.replace('_', "-"));
            let value = value_of(&flag, kind(&name), &value)?;
            layers = layers.flag(name, value);
        }
        let settings = layers.resolve().map_err(|error| raised(&error))?;
        Ok(Self { settings })
    }

    /// The value of an option.
    fn __getitem__(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyAny>> {
        let setting = self.settings.get(name);
        let setting = setting.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(match &setting.value {
            ConfigValue::Number(number) => number.into_pyobject(py)?.into_any().unbind(),
            ConfigValue::Switch(on) => on.into_pyobject(py)?.to_owned().into_any().unbind(),
            ConfigValue::Text(text) => text.into_pyobject(py)?.into_any().unbind(),
        })
    }

    /// A file of options, with the sources as comments and without secrets.
    fn __str__(&self) -> String {
        self.settings.to_string()
    }
}

/// A value of Python's; `kind` is one of the kind that the option takes, where it is known.
fn value_of(
    name: &str,
    kind: Option<&ConfigValue>,
    value: &Bound<'_, PyAny>,
) -> PyResult<ConfigValue> {
    // bool is a kind of int in Python, but True milliseconds are a mistake.
    let read = if value.is_exact_instance_of::<PyBool>() {
        value.extract().ok().map(ConfigValue::Switch)
    } else if let Ok(text) = value.extract() {
        Some(ConfigValue::Text(text))
    } else {
        value.extract().ok().map(ConfigValue::Number)
    };
    // An option that does not exist is refused by its name.
    let Some(kind) = kind else {
        return Ok(read.unwrap_or(ConfigValue::Number(0)));
    };
    let like = read.filter(|read| discriminant(read) == discriminant(kind));
    like.ok_or_else(|| {
        let expected = match kind {
            ConfigValue::Switch(_) => "True or False",
            _ => kind.expected(),
        };
        invalid_option(format!("{name} is {value:?}; it takes {expected}"))
    })
}
