//! [`Accessor`]: what the C library has once for each field of a request.

use std::collections::BTreeSet;

use exhook::Hook;

use crate::{
    descriptors::{Field, FieldKind, Message, Protocol},
    text::snake_case,
};

/// Fields for which `call.rs` has a function that looks in every place.
pub(crate) const BY_HAND: &str = "topic";

/// One function that reads a field of a request.
pub(crate) struct Accessor {
    /// `clientinfo.username`; what is repeated ends with `[]`.
    pub(crate) path: String,
    pub(crate) kind: AccessorKind,
    /// The hooks whose requests have the field.
    pub(crate) hooks: Vec<Hook>,
    pub(crate) doc: String,
    /// What gives the value, of a `request`, an `index` or a `name`.
    pub(crate) value: String,
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

    pub(crate) fn returned(&self) -> String {
        match &self.kind {
            AccessorKind::Bool | AccessorKind::Has => "bool".to_owned(),
            AccessorKind::Text | AccessorKind::Find => "exhook_str".to_owned(),
            AccessorKind::Bytes => "exhook_bytes".to_owned(),
            AccessorKind::Integer(name) => (*name).to_owned(),
            AccessorKind::Enum { name, .. } => name.clone(),
            AccessorKind::Count => "usize".to_owned(),
        }
    }

    pub(crate) fn is_view(&self) -> bool {
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
pub(crate) fn owners<'protocol>(
    name: &str,
    protocol: &'protocol Protocol,
) -> Vec<(Hook, &'protocol Field)> {
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

impl Base {
    /// A place inside this one.
    fn inside(&self, path: String, place: String) -> Self {
        Self {
            path,
            place,
            hooks: self.hooks.clone(),
        }
    }

    /// The accessor of what is at this place, or at `path` below it.
    fn accessor(&self, path: &str, kind: AccessorKind, doc: String, value: String) -> Accessor {
        Accessor {
            path: format!("{}{path}", self.path),
            kind,
            hooks: self.hooks.clone(),
            doc,
            value,
        }
    }
}

fn push(
    found: &mut Vec<Accessor>,
    base: &Base,
    kind: &FieldKind,
    doc: String,
    protocol: &Protocol,
) {
    let place = &base.place;
    let count = || {
        let text = format!("{doc} How many there are.");
        base.accessor("", AccessorKind::Count, text, format!("{place}.len()"))
    };
    match kind {
        FieldKind::Message(part) => return nested(found, base, part, protocol),
        FieldKind::OptionalMessage(part) => {
            let text = format!("{doc} Whether the broker sent it.");
            let value = format!("{place}.is_some()");
            found.push(base.accessor("", AccessorKind::Has, text, value));
            return nested(found, base, part, protocol);
        }
        FieldKind::Messages(part) => {
            found.push(count());
            let path = format!("{}[]", base.path);
            let entries = base.inside(path, format!("{place}.get(index)?"));
            return parts(found, &entries, protocol.part(part), protocol);
        }
        FieldKind::TextMap => {
            found.push(count());
            return map(found, base, &doc);
        }
        _ => {}
    }
    let (kind, value) = single(kind, place);
    found.push(base.accessor("", kind, doc, value));
}

/// The accessor of a field that is one value.
fn single(kind: &FieldKind, place: &str) -> (AccessorKind, String) {
    match kind {
        FieldKind::Bool => (AccessorKind::Bool, copied(place)),
        FieldKind::Integer(name) => (AccessorKind::Integer(name), copied(place)),
        FieldKind::Bytes => (
            AccessorKind::Bytes,
            format!("exhook_bytes::from(&{place}[..])"),
        ),
        FieldKind::Enum(name, values) => {
            let name = enum_name(name);
            let value = format!("{name}::of({})", copied(place));
            let last = values.last();
            let last = last.map_or_else(String::new, |value| variant(&name, value));
            (AccessorKind::Enum { name, last }, value)
        }
        _ => (
            AccessorKind::Text,
            format!("exhook_str::from({place}.as_str())"),
        ),
    }
}

/// The accessors of names and values.
fn map(found: &mut Vec<Accessor>, base: &Base, doc: &str) {
    for (part, field, text) in [
        ("0", "[].name", "The name at a place."),
        ("1", "[].value", "The value at a place."),
    ] {
        let value = format!(
            "exhook_str::from({}.iter().nth(index)?.{part}.as_str())",
            base.place
        );
        let text = format!("{doc} {text}");
        found.push(base.accessor(field, AccessorKind::Text, text, value));
    }
    let text = format!("{doc} The value of `name`; empty where there is none.");
    let value = format!("find(&{}, name)", base.place);
    found.push(base.accessor("", AccessorKind::Find, text, value));
}

/// The accessors of what is inside a part; an empty one stands for one that is absent.
fn nested(found: &mut Vec<Accessor>, base: &Base, part: &str, protocol: &Protocol) {
    let place = format!("{}.as_ref().unwrap_or(&{})", base.place, nothing(part));
    let inside = base.inside(base.path.clone(), place);
    parts(found, &inside, protocol.part(part), protocol);
}

fn parts(found: &mut Vec<Accessor>, base: &Base, part: &Message, protocol: &Protocol) {
    for field in &part.fields {
        let inside = base.inside(
            format!("{}.{}", base.path, field.name),
            format!("{}.{}", base.place, rust_name(field)),
        );
        push(found, &inside, &field.kind, field.doc.clone(), protocol);
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

pub(crate) fn getter(field: &str) -> String {
    format!("{field}_of")
}

pub(crate) fn nothing(part: &str) -> String {
    format!("NO_{}", snake_case(part).to_uppercase())
}

pub(crate) fn rust_name(field: &Field) -> &str {
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
pub(crate) fn variant(name: &str, value: &str) -> String {
    let prefix = name.strip_suffix("_type").unwrap_or(name);
    format!("{prefix}_{value}").to_uppercase()
}
