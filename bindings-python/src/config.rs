//! The options of a server, by name.

use exhook::Config;
use pyo3::{
    prelude::*,
    types::{PyBool, PyDict},
};

use crate::errors::{did_you_mean, invalid_option};

macro_rules! config_fields {
    ($($field:ident),*) => {
        const NAMES: &[&str] = &[$(stringify!($field)),*];

        fn set(config: &mut Config, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
            match name {
                $(stringify!($field) => config.$field = read(name, value)?,)*
                other => {
                    return Err(invalid_option(format!(
                        "{other} is no option of a server{}",
                        did_you_mean(other, NAMES.iter().copied()),
                    )));
                }
            }
            Ok(())
        }

        /// The options of a server with their default values. Times are milliseconds, sizes are
        /// bytes.
        #[pyfunction]
        pub(crate) fn default_config(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
            // Without `..`, so that no option of the core is forgotten here.
            let Config { $($field),* } = Config::default();
            let fields = PyDict::new(py);
            $(fields.set_item(stringify!($field), $field)?;)*
            Ok(fields)
        }
    };
}

config_fields!(
    timeout_ms,
    max_inflight,
    inbox_capacity,
    io_threads,
    max_message_bytes,
    drain_timeout_ms,
    keepalive_interval_ms,
    companion
);

/// Reads keyword arguments over the defaults.
pub(crate) fn config_from(options: Option<&Bound<'_, PyDict>>) -> PyResult<Config> {
    let mut config = Config::default();
    for (name, value) in options.into_iter().flatten() {
        set(&mut config, &name.extract::<String>()?, &value)?;
    }
    Ok(config)
}

fn read<'py, T: OptionValue<'py>>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<T> {
    // bool is a kind of int in Python, but True milliseconds are a mistake.
    let fits = value.is_exact_instance_of::<PyBool>() == T::IS_BOOL;
    let read = if fits { T::read(value) } else { None };
    read.ok_or_else(|| {
        let expected = if T::IS_BOOL {
            "True or False"
        } else {
            "a whole number from 0"
        };
        invalid_option(format!("{name} is {value:?}; it takes {expected}"))
    })
}

/// A type that options have.
trait OptionValue<'py>: Sized {
    const IS_BOOL: bool;
    fn read(value: &Bound<'py, PyAny>) -> Option<Self>;
}

macro_rules! option_type {
    ($($type:ty, $is_bool:literal;)*) => {$(
        impl<'py> OptionValue<'py> for $type {
            const IS_BOOL: bool = $is_bool;

            fn read(value: &Bound<'py, PyAny>) -> Option<Self> {
                value.extract().ok()
            }
        }
    )*};
}

option_type! { u64, false; usize, false; bool, true; }
