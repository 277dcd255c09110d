//! What the C library has once for each field: `bindings-c/src/requests.rs`.

use std::{collections::BTreeSet, error::Error, fmt::Write as _};

use exhook::Hook;

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, Message, Protocol},
    text::{formatted_rust, snake_case, wrapped},
};

/// Fields for which `call.rs` has a function that looks in every place.
const BY_HAND: &str = "topic";

/// One function that reads a field of a request.
pub(crate) struct Accessor {
    /// `clientinfo.username`; what is repeated ends with `[]`.
    pub(crate) path: String,
    pub(crate) kind: AccessorKind,
    /// The hooks whose requests have the field.
    pub(crate) hooks: Vec<Hook>,
    doc: String,
    /// What gives the value, of a `request`, an `index` or a `name`.
    value: String,
}

/// What an accessor returns.
pub(crate) enum AccessorKind {
    Bool,
    Text,
    Bytes,
    /// The integer's type in Rust.
    Integer(&'static str),
    /// The type's name in C, and the name of its last value.
    Enum {
        name: String,
        last: String,
    },
    /// Whether a part is there.
    Has,
    /// How many entries there are.
    Count,
    /// The value of a name.
    Find,
}

impl Accessor {
    /// The function's name in C.
    pub(crate) fn name(&self) -> String {
        let words: Vec<_> = self
            .path
            .split('.')
            .map(|word| word.trim_end_matches("[]"))
            .collect();
        let path = words.join("_");
        match self.kind {
            AccessorKind::Has => format!("exhook_call_has_{path}"),
            AccessorKind::Count => format!("exhook_call_{path}_count"),
            AccessorKind::Find => format!("exhook_call_{path}_find"),
            _ if self.is_indexed() => format!("exhook_call_{path}_at"),
            _ => format!("exhook_call_{path}"),
        }
    }

    /// Whether the function takes the place of an entry.
    pub(crate) fn is_indexed(&self) -> bool {
        let counts = matches!(self.kind, AccessorKind::Count | AccessorKind::Find);
        !counts && self.path.contains("[]")
    }

    fn returned(&self) -> String {
        match &self.kind {
            AccessorKind::Bool | AccessorKind::Has => "bool".to_owned(),
            AccessorKind::Text | AccessorKind::Find => "exhook_str".to_owned(),
            AccessorKind::Bytes => "exhook_bytes".to_owned(),
            AccessorKind::Integer(name) => (*name).to_owned(),
            AccessorKind::Enum { name, .. } => name.clone(),
            AccessorKind::Count => "usize".to_owned(),
        }
    }

    fn is_view(&self) -> bool {
        matches!(
            self.kind,
            AccessorKind::Text | AccessorKind::Find | AccessorKind::Bytes
        )
    }
}

/// Every accessor, in the order in which requests have their fields.
pub(crate) fn accessors(protocol: &Protocol) -> Vec<Accessor> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for doc in &protocol.hooks {
        for field in &doc.request.fields {
            if field.name != BY_HAND && seen.insert(field.name.clone()) {
                field_accessors(&mut found, field, protocol);
            }
        }
    }
    found
}

/// The hooks that have this field, each with what it means there.
fn owners<'protocol>(name: &str, protocol: &'protocol Protocol) -> Vec<(Hook, &'protocol Field)> {
    let owners = protocol.hooks.iter().filter_map(|doc| {
        let field = doc.request.fields.iter().find(|field| field.name == name)?;
        Some((doc.hook, field))
    });
    owners.collect()
}

fn field_accessors(found: &mut Vec<Accessor>, field: &Field, protocol: &Protocol) {
    let owners = owners(&field.name, protocol);
    let hooks: Vec<Hook> = owners.iter().map(|(hook, _)| *hook).collect();
    let doc = if owners.iter().all(|(_, other)| other.doc == field.doc) {
        field.doc.clone()
    } else {
        let meanings = owners
            .iter()
            .map(|(hook, field)| format!("`{}`: {}", hook.name(), field.doc));
        meanings.collect::<Vec<_>>().join(" ")
    };
    let base = Base {
        path: field.name.clone(),
        place: format!("{}(request)?", getter(&field.name)),
        hooks,
    };
    push(found, &base, &field.kind, doc, protocol);
}

/// Where a field is found.
struct Base {
    path: String,
    place: String,
    hooks: Vec<Hook>,
}

fn push(
    found: &mut Vec<Accessor>,
    base: &Base,
    kind: &FieldKind,
    doc: String,
    protocol: &Protocol,
) {
    let mut add = |path: String, kind, doc: String, value: String| {
        found.push(Accessor {
            path,
            kind,
            hooks: base.hooks.clone(),
            doc,
            value,
        });
    };
    let (path, place) = (base.path.clone(), &base.place);
    match kind {
        FieldKind::Bool => add(path, AccessorKind::Bool, doc, copied(place)),
        FieldKind::Integer(name) => add(path, AccessorKind::Integer(name), doc, copied(place)),
        FieldKind::Text => add(
            path,
            AccessorKind::Text,
            doc,
            format!("exhook_str::from({place}.as_str())"),
        ),
        FieldKind::Bytes => add(
            path,
            AccessorKind::Bytes,
            doc,
            format!("exhook_bytes::from(&{place}[..])"),
        ),
        FieldKind::Enum(name, values) => {
            let name = enum_name(name);
            let value = format!("{name}::of({})", copied(place));
            let last = values
                .last()
                .map_or_else(String::new, |value| variant(&name, value));
            add(path, AccessorKind::Enum { name, last }, doc, value);
        }
        FieldKind::TextMap => {
            let entry = format!("{path}[]");
            let nth =
                |part| format!("exhook_str::from({place}.iter().nth(index)?.{part}.as_str())");
            add(
                path.clone(),
                AccessorKind::Count,
                format!("{doc} How many there are."),
                format!("{place}.len()"),
            );
            add(
                format!("{entry}.name"),
                AccessorKind::Text,
                format!("{doc} The name at a place."),
                nth("0"),
            );
            add(
                format!("{entry}.value"),
                AccessorKind::Text,
                format!("{doc} The value at a place."),
                nth("1"),
            );
            let text = format!("{doc} The value of `name`; empty where there is none.");
            add(
                path,
                AccessorKind::Find,
                text,
                format!("find(&{place}, name)"),
            );
        }
        FieldKind::Messages(part) => {
            add(
                path.clone(),
                AccessorKind::Count,
                format!("{doc} How many there are."),
                format!("{place}.len()"),
            );
            let entries = Base {
                path: format!("{path}[]"),
                place: format!("{place}.get(index)?"),
                hooks: base.hooks.clone(),
            };
            parts(found, &entries, protocol.part(part), protocol);
        }
        FieldKind::Message(part) => {
            let nested = Base {
                path,
                place: nested_place(base, part),
                hooks: base.hooks.clone(),
            };
            parts(found, &nested, protocol.part(part), protocol);
        }
        FieldKind::OptionalMessage(part) => {
            let text = format!("{doc} Whether the broker sent it.");
            add(
                path.clone(),
                AccessorKind::Has,
                text,
                format!("{place}.is_some()"),
            );
            let nested = Base {
                path,
                place: nested_place(base, part),
                hooks: base.hooks.clone(),
            };
            parts(found, &nested, protocol.part(part), protocol);
        }
    }
}

/// What is inside a part; an empty one stands for one that is absent.
fn nested_place(base: &Base, part: &str) -> String {
    format!("{}.as_ref().unwrap_or(&{})", base.place, nothing(part))
}

fn parts(found: &mut Vec<Accessor>, base: &Base, part: &Message, protocol: &Protocol) {
    for field in &part.fields {
        let inner = Base {
            path: format!("{}.{}", base.path, field.name),
            place: format!("{}.{}", base.place, rust_name(field)),
            hooks: base.hooks.clone(),
        };
        push(found, &inner, &field.kind, field.doc.clone(), protocol);
    }
}

/// A field of a part is a place; one of a request comes as a reference.
fn copied(place: &str) -> String {
    if place.ends_with("(request)?") {
        format!("*{place}")
    } else {
        place.to_owned()
    }
}

fn getter(field: &str) -> String {
    format!("{field}_of")
}

fn nothing(part: &str) -> String {
    format!("NO_{}", snake_case(part).to_uppercase())
}

fn rust_name(field: &Field) -> &str {
    if field.name == "type" {
        "r#type"
    } else {
        &field.name
    }
}

/// `AuthorizeReqType` as `exhook_authorize_type`.
pub(crate) fn enum_name(name: &str) -> String {
    let subject = name.strip_suffix("ReqType").unwrap_or(name);
    format!("exhook_{}_type", snake_case(subject))
}

/// A value of an enum in C.
fn variant(name: &str, value: &str) -> String {
    let prefix = name.strip_suffix("_type").unwrap_or(name);
    format!("{prefix}_{value}").to_uppercase()
}

const PRELUDE: &str = "\
use std::sync::LazyLock;

use exhook_core::{Request, proto};

use crate::{
    call::exhook_call,
    field::{find, read},
    guard::{Neutral, guard},
    view::{exhook_bytes, exhook_str},
};

";

/// The formatted file.
pub(crate) fn generate(protocol: &Protocol) -> Result<String, Box<dyn Error>> {
    let mut file =
        format!("// {NOTICE}\n//! One function for each field of a request.\n\n{PRELUDE}");
    let accessors = accessors(protocol);
    for part in &protocol.parts {
        let name = nothing(&part.name);
        if accessors
            .iter()
            .any(|accessor| accessor.value.contains(&format!("&{name})")))
        {
            let _ = writeln!(
                file,
                "static {name}: LazyLock<proto::{0}> = LazyLock::new(proto::{0}::default);",
                part.name
            );
        }
    }
    let mut seen = BTreeSet::new();
    for field in protocol.hooks.iter().flat_map(|doc| &doc.request.fields) {
        if field.name != BY_HAND && seen.insert(&field.name) {
            field_getter(&mut file, field, protocol);
        }
        if let FieldKind::Enum(name, values) = &field.kind {
            enumeration(&mut file, &enum_name(name), field, values);
        }
    }
    for accessor in &accessors {
        function(&mut file, accessor);
    }
    formatted_rust(&file)
}

fn field_getter(file: &mut String, field: &Field, protocol: &Protocol) {
    let kind = match &field.kind {
        FieldKind::Bool => "bool".to_owned(),
        FieldKind::Integer(name) => (*name).to_owned(),
        FieldKind::Enum(..) => "i32".to_owned(),
        FieldKind::Text => "String".to_owned(),
        FieldKind::Bytes => "bytes::Bytes".to_owned(),
        FieldKind::TextMap => "BTreeMap<String, String>".to_owned(),
        FieldKind::Message(part) | FieldKind::OptionalMessage(part) => {
            format!("Option<proto::{part}>")
        }
        FieldKind::Messages(part) => format!("Vec<proto::{part}>"),
    };
    let owners = owners(&field.name, protocol);
    *file += "\n";
    if owners.len() == protocol.hooks.len() {
        *file += "#[expect(clippy::unnecessary_wraps, reason = \"every request has it, unlike others\")]\n";
    }
    let _ = writeln!(
        file,
        "fn {}(request: &Request) -> Option<&{kind}> {{\nmatch request {{",
        getter(&field.name)
    );
    for (hook, _) in &owners {
        let _ = writeln!(
            file,
            "Request::{hook:?}(request) => Some(&request.{}),",
            rust_name(field)
        );
    }
    if owners.len() < protocol.hooks.len() {
        *file += "_ => None,\n";
    }
    *file += "}\n}\n";
}

fn enumeration(file: &mut String, name: &str, field: &Field, values: &[String]) {
    *file += &wrapped("/// ", &field.doc);
    let _ = writeln!(
        file,
        "#[derive(Clone, Copy)]\n#[repr(u32)]\npub enum {name} {{"
    );
    let variants: Vec<_> = values.iter().map(|value| variant(name, value)).collect();
    for (number, variant) in variants.iter().enumerate() {
        let _ = writeln!(file, "/// To {}.\n{variant} = {number},", values[number]);
    }
    let _ = writeln!(
        file,
        "}}\n\nimpl Neutral for {name} {{\nfn neutral() -> Self {{\n{name}::{0}\n}}\n}}\n\n\
         impl {name} {{\nfn of(number: i32) -> Self {{\nmatch number {{",
        variants[0]
    );
    for (number, variant) in variants.iter().enumerate().skip(1) {
        let _ = writeln!(file, "{number} => {name}::{variant},");
    }
    let _ = writeln!(file, "_ => {name}::{},\n}}\n}}\n}}", variants[0]);
}

fn function(file: &mut String, accessor: &Accessor) {
    let name = accessor.name();
    let hooks: Vec<_> = accessor
        .hooks
        .iter()
        .map(|hook| format!("`{}`", hook.name()))
        .collect();
    let everywhere = accessor.hooks.len() == Hook::COUNT;
    let hooks = if everywhere {
        "every hook".to_owned()
    } else {
        hooks.join(", ")
    };
    *file += "\n";
    *file += &wrapped("/// ", &accessor.doc);
    *file += "///\n";
    *file += &wrapped("/// ", &format!("Hooks: {hooks}."));
    *file += "///\n/// Ownership: ";
    *file += if accessor.is_view() {
        "it belongs to the call.\n"
    } else {
        "the call stays whose it is.\n"
    };
    *file += "/// Threads: any.\n/// Valid until: ";
    *file += if accessor.is_view() {
        "the callback returns; for a deferred call, `exhook_call_free`.\n"
    } else {
        "nothing that is returned refers to anything.\n"
    };
    let parameter = match accessor.kind {
        AccessorKind::Find => ", name: exhook_str",
        _ if accessor.is_indexed() => ", index: usize",
        _ => "",
    };
    let value = match accessor.kind {
        AccessorKind::Find => accessor.value.clone(),
        _ => format!("Some({})", accessor.value),
    };
    let _ = writeln!(
        file,
        "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}(call: *const exhook_call{parameter}) -> {} {{\n\
         // SAFETY: NULL, or a call that the caller has; other views are kept during the call.\n\
         guard(|| unsafe {{ read(call, \"{name}\", |request| {value}) }})\n}}",
        accessor.returned(),
    );
}
