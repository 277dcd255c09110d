//! `bindings-c/include/exhook/`: the C++ classes of requests and of their parts, views over the
//! accessors of the C interface. What registers handlers is in [`app`].

pub(crate) mod app;
mod place;

use std::{collections::BTreeSet, fmt::Write as _};

use exhook::AnswerKind;

use place::{Layout, Place, enum_name, plain_type, type_name};

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, HookDoc, Message, Protocol},
    text::wrapped,
};

/// The class that is written by hand, because it can also be taken apart.
const BY_HAND: &str = "Property";

/// `parts.hpp`, the parts of requests.
pub(crate) fn parts(protocol: &Protocol) -> String {
    let mut body = String::new();
    for field in protocol.hooks.iter().flat_map(|doc| &doc.request.fields) {
        if let FieldKind::Enum(name, values) = &field.kind {
            enumeration(&mut body, name, values, &field.doc);
        }
    }
    for part in protocol.parts.iter().filter(|part| part.name != BY_HAND) {
        part_class(&mut body, part, protocol);
    }
    header(
        "parts",
        "The parts of requests.",
        &["cstddef", "cstdint", "string_view"],
        &["list", "property", "text"],
        &body,
    )
}

/// `requests.hpp`, one class for each hook.
pub(crate) fn requests(protocol: &Protocol) -> String {
    let mut body = String::new();
    let mut known = BTreeSet::new();
    let mut sources = String::new();
    for field in protocol.hooks.iter().flat_map(|doc| &doc.request.fields) {
        if known.insert(&field.name) {
            list_source(&mut sources, field, &field.name, protocol);
        }
    }
    in_detail(&mut body, &sources);
    for doc in &protocol.hooks {
        request_class(&mut body, doc, protocol);
    }
    header(
        "requests",
        "The requests, one class for each hook.",
        &["cstddef", "optional", "string_view"],
        &["list", "parts", "property", "request", "text"],
        &body,
    )
}

/// A header of this name around `body`, which includes these of the standard library and these of
/// the package.
fn header(name: &str, about: &str, standard: &[&str], own: &[&str], body: &str) -> String {
    let guard = format!("EXHOOK_{}_HPP", name.to_uppercase());
    let mut includes = String::new();
    for name in standard {
        let _ = writeln!(includes, "#include <{name}>");
    }
    includes.push('\n');
    for name in own {
        let _ = writeln!(includes, "#include \"{name}.hpp\"");
    }
    format!(
        "// {NOTICE}\n/// @file\n/// {about}\n#ifndef {guard}\n#define {guard}\n\n\
         #include <exhook.h>\n\n{includes}\nnamespace exhook {{\n\n{}\n\n\
         }}  // namespace exhook\n\n#endif\n",
        body.trim_end()
    )
}

fn enumeration(body: &mut String, name: &str, values: &[String], doc: &str) {
    let name = enum_name(name);
    *body += &wrapped("/// ", doc);
    let _ = writeln!(body, "enum class {name} {{");
    let prefix = name.trim_end_matches("Type").to_uppercase();
    for value in values {
        let _ = writeln!(body, "  /// The client wants to {value}.");
        let _ = writeln!(
            body,
            "  {value} = EXHOOK_{prefix}_{},",
            value.to_uppercase()
        );
    }
    *body += "};\n\n";
}

fn in_detail(body: &mut String, classes: &str) {
    if !classes.is_empty() {
        let _ = writeln!(
            body,
            "namespace detail {{\n\n{classes}}}  // namespace detail\n"
        );
    }
}

/// The class that says how a list is read, where the field is one.
fn list_source(body: &mut String, field: &Field, path: &str, protocol: &Protocol) {
    let element = match &field.kind {
        FieldKind::Messages(name) => name,
        FieldKind::TextMap => BY_HAND,
        _ => return,
    };
    let read = match Layout::of(element, protocol) {
        Layout::Element(_) => format!("{element}(call, index)"),
        _ => Place {
            prefix: &format!("{path}_"),
            suffix: "_at",
            arguments: "call, index",
        }
        .value(element, protocol),
    };
    let _ = write!(
        body,
        "/// How List reads `{path}`.\n\
         struct {} {{\n  using Owner = exhook_call;\n  \
         static std::size_t size(const Owner *call) noexcept {{\n    \
         return exhook_call_{path}_count(call);\n  }}\n  \
         static {element} at(const Owner *call, std::size_t index) noexcept {{\n    \
         return {};\n  }}\n}};\n\n",
        type_name(path),
        broken(&read, 4),
    );
}

fn part_class(body: &mut String, part: &Message, protocol: &Protocol) {
    let name = &part.name;
    let (prefix, kept, constructor, note) = match Layout::of(name, protocol) {
        Layout::Value => return value_class(body, part),
        Layout::View(path) => (
            format!("{path}_"),
            "  const exhook_call *call_;\n",
            format!("  explicit {name}(const exhook_call *call) noexcept : call_(call) {{}}\n"),
            "/// A view of this part of a call of the C interface.",
        ),
        Layout::Element(path) => (
            format!("{path}_"),
            "  const exhook_call *call_;\n  std::size_t index_;\n",
            format!(
                "  {name}(const exhook_call *call, std::size_t index) noexcept : call_(call), index_(index) {{}}\n"
            ),
            "/// A view of the element `index` of this list of a call of the C interface.",
        ),
    };
    let is_element = kept.contains("index_");
    let place = Place {
        prefix: &prefix,
        suffix: if is_element { "_at" } else { "" },
        arguments: if is_element { "call_, index_" } else { "call_" },
    };
    let mut sources = String::new();
    for field in &part.fields {
        let path = format!("{prefix}{}", field.name);
        list_source(&mut sources, field, &path, protocol);
    }
    in_detail(body, &sources);
    *body += &wrapped(
        "/// ",
        &format!(
            "{}\n\nA view: it and all that is read from it are valid as long as the request.",
            part.doc
        ),
    );
    let _ = writeln!(body, "class {name} {{\n public:\n  {note}\n{constructor}");
    for field in &part.fields {
        getter(body, field, &place, protocol);
    }
    let _ = writeln!(body, "\n private:\n{kept}}};\n");
}

/// The class of a part that is kept as its fields.
fn value_class(body: &mut String, part: &Message) {
    let (name, fields) = (&part.name, &part.fields);
    let list = |each: &dyn Fn(&Field) -> String| {
        let each: Vec<_> = fields.iter().map(each).collect();
        each.join(", ")
    };
    *body += &wrapped(
        "/// ",
        &format!("{}\n\nA value, which may be kept.", part.doc),
    );
    let _ = writeln!(
        body,
        "class {name} {{\n public:\n  /// A part of these fields.\n  {name}({}) noexcept\n      : {} {{}}\n",
        list(&|field| format!("{} {}", plain_type(field), field.name)),
        list(&|field| format!("{0}_({0})", field.name)),
    );
    for field in fields {
        *body += &wrapped("  /// ", &field.doc);
        let _ = writeln!(
            body,
            "  [[nodiscard]] {} {1}() const noexcept {{ return {1}_; }}",
            plain_type(field),
            field.name
        );
    }
    *body += "\n private:\n";
    for field in fields {
        let _ = writeln!(body, "  {} {}_;", plain_type(field), field.name);
    }
    *body += "};\n\n";
}

fn request_class(body: &mut String, doc: &HookDoc, protocol: &Protocol) {
    let (hook, name) = (doc.hook, &doc.request.name);
    let answer = match hook.answer_kind() {
        AnswerKind::Bool => "Decision",
        AnswerKind::Message => "Publication",
        AnswerKind::Notification | AnswerKind::Provider => "Notification",
    };
    *body += &wrapped(
        "/// ",
        &format!("Request of `{}`.\n\n{}", hook.name(), doc.doc),
    );
    let _ = writeln!(
        body,
        "class {name} final\n    : public RequestOf<{name}, EXHOOK_HOOK_{},\n                       \
         detail::{answer}> {{\n public:\n  using RequestOf::RequestOf;\n",
        hook.snake_name().to_uppercase()
    );
    let place = Place {
        prefix: "",
        suffix: "",
        arguments: "call()",
    };
    for field in &doc.request.fields {
        getter(body, field, &place, protocol);
    }
    *body += "};\n\n";
}

fn getter(body: &mut String, field: &Field, place: &Place<'_>, protocol: &Protocol) {
    let (kind, read) = place.field(field, protocol);
    let doc = match field.kind {
        FieldKind::OptionalMessage(_) => {
            format!("{} None from EMQX before 4.3.14 and 4.4.3.", field.doc)
        }
        _ => field.doc.clone(),
    };
    *body += &wrapped("  /// ", &doc);
    let check = match field.kind {
        FieldKind::OptionalMessage(_) => {
            let has = place.function(&format!("has_{}", field.name));
            format!("    if (!{has}) return std::nullopt;\n")
        }
        _ => String::new(),
    };
    let signature = format!("  [[nodiscard]] {kind} {}() const noexcept {{", field.name);
    let line = format!("{signature} return {read}; }}\n");
    if line.len() <= 101 && check.is_empty() {
        *body += &line;
    } else {
        let _ = writeln!(
            body,
            "{signature}\n{check}    return {};\n  }}",
            broken(&read, 4)
        );
    }
}

/// An expression with its arguments on lines of their own where it is too long for one.
fn broken(expression: &str, indent: usize) -> String {
    if indent + "return ;".len() + expression.len() <= 100 {
        return expression.to_owned();
    }
    let next = " ".repeat(indent + 4);
    let (start, rest) = expression.split_once('(').unwrap_or((expression, ""));
    let rest = rest.replace("), ", &format!("),\n{next}"));
    format!("{start}(\n{next}{rest}")
}
