//! The exception classes: `ExhookError` and one subclass for each [`ErrorCode`].

use exhook::{Error, ErrorCode};
use pyo3::{
    exceptions::{PyException, PyOSError, PyRuntimeError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyDict, PyTuple, PyType},
};

/// Name, code and doc of each class, by its built-in base.
const CLASSES: [(&str, ErrorCode, &str); 6] = [
    (
        "InvalidOptionError",
        ErrorCode::InvalidOption,
        "A configuration value or handler option has no meaning.",
    ),
    (
        "InvalidAddressError",
        ErrorCode::InvalidAddress,
        "The bind address cannot be read.",
    ),
    (
        "AddressInUseError",
        ErrorCode::AddressInUse,
        "The address is used by another process.",
    ),
    (
        "IoError",
        ErrorCode::Io,
        "The system refused a socket or a thread.",
    ),
    (
        "WrongStateError",
        ErrorCode::WrongState,
        "The server was started before, or has been stopped.",
    ),
    (
        "ForkedError",
        ErrorCode::Forked,
        "This process was forked from the one that started the server.",
    ),
];

static TYPES: PyOnceLock<Vec<Py<PyType>>> = PyOnceLock::new();

/// Adds `ExhookError` and its subclasses to the module.
pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let base = new_class(
        py,
        "ExhookError",
        "",
        "The base of all errors of exhook; `code` tells the kind.",
        &[py.get_type::<PyException>()],
    )?;
    let mut types = Vec::new();
    for (name, code, doc) in CLASSES {
        let built_in = match code {
            ErrorCode::InvalidOption | ErrorCode::InvalidAddress => py.get_type::<PyValueError>(),
            ErrorCode::AddressInUse | ErrorCode::Io => py.get_type::<PyOSError>(),
            ErrorCode::WrongState | ErrorCode::Forked => py.get_type::<PyRuntimeError>(),
        };
        let class = new_class(py, name, code.name(), doc, &[base.clone(), built_in])?;
        module.add(name, &class)?;
        types.push(class.unbind());
    }
    module.add("ExhookError", base)?;
    // Set once: a module is initialised once in a process.
    let _ = TYPES.set(py, types);
    Ok(())
}

fn new_class<'py>(
    py: Python<'py>,
    name: &str,
    code: &str,
    doc: &str,
    bases: &[Bound<'py, PyType>],
) -> PyResult<Bound<'py, PyType>> {
    let namespace = PyDict::new(py);
    namespace.set_item("__module__", "exhook")?;
    namespace.set_item("__doc__", doc)?;
    namespace.set_item("code", code)?;
    let class = py
        .get_type::<PyType>()
        .call1((name, PyTuple::new(py, bases)?, namespace))?;
    Ok(class.cast_into()?)
}

/// The exception for an error of the core.
pub(crate) fn raised(error: &Error) -> PyErr {
    let message = error.to_string();
    Python::attach(|py| {
        let position = CLASSES
            .iter()
            .position(|(_, code, _)| *code == error.code());
        match (TYPES.get(py), position) {
            (Some(types), Some(position)) => {
                PyErr::from_type(types[position].bind(py).clone(), message)
            }
            _ => PyRuntimeError::new_err(message),
        }
    })
}

/// An `InvalidOptionError` with this message.
pub(crate) fn invalid_option(message: impl Into<String>) -> PyErr {
    raised(&Error::new(ErrorCode::InvalidOption, message))
}
