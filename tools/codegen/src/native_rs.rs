//! `bindings-python/src/generated.rs`: the Python classes of requests and their parts.

use std::{error::Error, fmt::Write as _};

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, HookDoc, Message, Protocol},
    text::{formatted_rust, wrapped},
};

/// The class that is written by hand, because it also stands for a changed message.
const BY_HAND: &str = "Message";

/// The formatted file.
pub(crate) fn generate(protocol: &Protocol) -> Result<String, Box<dyn Error>> {
    let mut file = format!(
        "// {NOTICE}\n//! The classes of the requests and of their parts, with one getter for each field.\n\n{PRELUDE}"
    );
    let parts = || protocol.parts.iter().filter(|part| part.name != BY_HAND);
    for part in parts() {
        part_class(&mut file, part, protocol);
    }
    for hook in &protocol.hooks {
        request_class(&mut file, hook, protocol);
    }
    request_object(&mut file, protocol);
    file += "/// Adds all classes to the module.\n\
             pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {\n";
    let requests = protocol.hooks.iter().map(|hook| &hook.request);
    for message in parts().chain(requests) {
        let _ = writeln!(file, "module.add_class::<{}>()?;", message.name);
    }
    file += "Ok(())\n}\n";
    formatted_rust(&file)
}

const PRELUDE: &str = "\
use exhook::{Hook, proto};
use pyo3::{prelude::*, types::PyTuple};

use crate::{
    message::Message,
    part::{Part, content},
    repr::repr,
    request::Request,
};

";

fn part_class(file: &mut String, part: &Message, protocol: &Protocol) {
    let name = &part.name;
    let inner = if part.is_plain() {
        format!("proto::{name}")
    } else {
        format!("Part<proto::{name}>")
    };
    *file += &wrapped("/// ", &part.doc);
    let _ = writeln!(
        file,
        "#[pyclass(frozen, eq, hash, module = \"exhook\")]\n\
         #[derive(PartialEq, Eq, Hash)]\n\
         pub(crate) struct {name}({inner});\n\n\
         #[pymethods]\nimpl {name} {{"
    );
    match_args(file, part);
    let view = if part.is_plain() {
        "self.0"
    } else {
        "self.0.get()"
    };
    for field in &part.fields {
        getter(file, field, protocol, &Receiver::Part { view });
    }
    if part.name == "Property" {
        *file += "/// The name and the value.\n\
                  fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {\n\
                  let property = self.0.get();\n\
                  Ok(PyTuple::new(py, [&property.name, &property.value])?.try_iter()?.into_any())\n}\n\n";
    }
    *file += "fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {\nrepr(this)\n}\n}\n\n";
}

fn request_class(file: &mut String, hook: &HookDoc, protocol: &Protocol) {
    let request = &hook.request;
    let (name, snake) = (&request.name, hook.hook.snake_name());
    *file += &wrapped("/// ", &request.doc);
    let _ = writeln!(
        file,
        "#[pyclass(frozen, extends = Request, module = \"exhook\")]\n\
         pub(crate) struct {name};\n\n\
         fn {snake}(request: &exhook::Request) -> Option<&proto::{name}> {{\n\
         match request {{\n\
         exhook::Request::{:?}(request) => Some(request),\n_ => None,\n}}\n}}\n\n\
         #[pymethods]\nimpl {name} {{",
        hook.hook
    );
    match_args(file, request);
    for field in &request.fields {
        getter(file, field, protocol, &Receiver::Request { finder: snake });
    }
    *file += "}\n\n";
}

fn match_args(file: &mut String, message: &Message) {
    let names: Vec<_> = message
        .fields
        .iter()
        .map(|field| format!("{:?}", field.python_name()))
        .collect();
    let _ = writeln!(
        file,
        "#[classattr]\n\
         fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {{\n\
         PyTuple::new(py, [{}])\n}}\n",
        names.join(", ")
    );
}

/// Where a getter finds its message.
enum Receiver<'name> {
    Part { view: &'name str },
    Request { finder: &'name str },
}

fn getter(file: &mut String, field: &Field, protocol: &Protocol, receiver: &Receiver<'_>) {
    let name = if field.name == "type" {
        "r#type"
    } else {
        &field.name
    };
    let (this, lifetime_this, view) = match receiver {
        Receiver::Part { view } => ("&self".to_owned(), "&self".to_owned(), (*view).to_owned()),
        Receiver::Request { finder } => (
            "this: &Bound<'_, Self>".to_owned(),
            "this: &'a Bound<'_, Self>".to_owned(),
            format!("content(this, {finder})"),
        ),
    };
    let is_part = matches!(receiver, Receiver::Part { .. });
    let (generics, borrowed) = if is_part { ("", "") } else { ("<'a>", "'a ") };
    let signature_and_body = match &field.kind {
        FieldKind::Bool => format!("fn {name}({this}) -> bool {{\n{view}.{name}\n}}"),
        FieldKind::Integer(kind) => format!("fn {name}({this}) -> {kind} {{\n{view}.{name}\n}}"),
        FieldKind::Text => {
            format!("fn {name}{generics}({lifetime_this}) -> &{borrowed}str {{\n&{view}.{name}\n}}")
        }
        FieldKind::Enum(kind, values) => {
            let mut arms = String::new();
            for value in values {
                let variant = camel(value);
                let _ = writeln!(arms, "Kind::{variant} => {value:?},");
            }
            let module = match receiver {
                Receiver::Request { finder } => format!("{finder}_request"),
                Receiver::Part { .. } => unreachable!("only requests have enums"),
            };
            format!(
                "fn {name}({this}) -> &'static str {{\n\
                 use proto::{module}::{kind} as Kind;\n\n\
                 match {view}.{name}() {{\n{arms}}}\n}}"
            )
        }
        FieldKind::Message(kind) | FieldKind::OptionalMessage(kind) | FieldKind::Messages(kind) => {
            message_getter(field, kind, protocol, receiver)
        }
        FieldKind::Bytes | FieldKind::TextMap => unreachable!("only the message has them"),
    };
    *file += &wrapped("/// ", &documented(&field.doc));
    let _ = writeln!(file, "#[getter]\n{signature_and_body}\n");
}

fn message_getter(
    field: &Field,
    kind: &str,
    protocol: &Protocol,
    receiver: &Receiver<'_>,
) -> String {
    let name = &field.name;
    let make = if kind == BY_HAND {
        "Message::new"
    } else {
        kind
    };
    let finder = match receiver {
        Receiver::Part { view } => {
            return format!(
                "fn {name}(&self) -> {kind} {{\n{kind}({view}.{name}.unwrap_or_default())\n}}"
            );
        }
        Receiver::Request { finder } => finder,
    };
    let is_plain = protocol
        .parts
        .iter()
        .any(|part| part.name == kind && part.is_plain());
    match field.kind {
        _ if is_plain => format!(
            "fn {name}(this: &Bound<'_, Self>) -> {kind} {{\n\
             {kind}(content(this, {finder}).{name}.unwrap_or_default())\n}}"
        ),
        FieldKind::Messages(_) => format!(
            "fn {name}<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {{\n\
             Part::all(this, |request, index| {finder}(request)?.{name}.get(index), {make})\n}}"
        ),
        FieldKind::OptionalMessage(_) => format!(
            "fn {name}(this: &Bound<'_, Self>) -> Option<{kind}> {{\n\
             Part::one(this, |request, _| {finder}(request)?.{name}.as_ref()).map({make})\n}}"
        ),
        _ => format!(
            "fn {name}(this: &Bound<'_, Self>) -> {kind} {{\n\
             {make}(Part::one_or_empty(this, |request, _| {finder}(request)?.{name}.as_ref()))\n}}"
        ),
    }
}

fn request_object(file: &mut String, protocol: &Protocol) {
    *file += "/// The object for a request, of the class of its hook.\n\
              pub(crate) fn request_object(py: Python<'_>, hook: Hook, request: Request) -> PyResult<Py<Request>> {\n\
              match hook {\n";
    for hook in &protocol.hooks {
        let _ = writeln!(
            file,
            "Hook::{:?} => request.into_object(py, {}),",
            hook.hook, hook.request.name
        );
    }
    *file += "}\n}\n\n";
}

/// The comment as clippy wants it in documentation.
fn documented(text: &str) -> String {
    text.replace("QoS", "`QoS`")
}

fn camel(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}
