//! The `repr` of requests and their parts: readable, and without secrets.

use pyo3::{
    prelude::*,
    types::{PyBytes, PyTuple},
};

/// The MQTT 5 property that carries credentials.
const SECRET_PROPERTY: &str = "Authentication-Data";

/// `Class(field=value, …)` with the fields of `__match_args__`; passwords are redacted and
/// payloads shown by their size, because reprs end up in logs.
pub(crate) fn repr<T>(object: &Bound<'_, T>) -> PyResult<String> {
    let object = object.as_any();
    let class = object.get_type();
    let fields = class.getattr("__match_args__")?.cast_into::<PyTuple>()?;
    let mut texts = Vec::with_capacity(fields.len());
    for field in fields {
        let field = field.extract::<String>()?;
        let value = object.getattr(&*field)?;
        let text = if is_secret(object, &field)? && value.is_truthy()? {
            format!("'{}'", exhook::proto::REDACTED)
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            format!("<{} bytes>", bytes.as_bytes().len())
        } else {
            value.repr()?.to_string()
        };
        texts.push(format!("{field}={text}"));
    }
    Ok(format!("{}({})", class.name()?, texts.join(", ")))
}

fn is_secret(object: &Bound<'_, PyAny>, field: &str) -> PyResult<bool> {
    match field {
        "password" => Ok(true),
        "value" => object.getattr("name")?.eq(SECRET_PROPERTY),
        _ => Ok(false),
    }
}
