//! [`Place`]: how the fields of a request and of its parts are read by the C interface.

use std::collections::BTreeSet;

use exhook::camel_case;

use super::BY_HAND;
use crate::descriptors::{Field, FieldKind, Protocol};

/// How a part is kept.
#[derive(PartialEq)]
pub(super) enum Layout {
    /// As its call, because its fields are at one place only: this path of the C interface.
    View(String),
    /// As its call and its index, because it is in one list only, which is at this path.
    Element(String),
    /// As its fields, because it is at several places.
    Value,
}

impl Layout {
    pub(super) fn of(part: &str, protocol: &Protocol) -> Self {
        let requests = protocol.hooks.iter().map(|doc| &doc.request);
        let fields = requests
            .chain(&protocol.parts)
            .flat_map(|part| &part.fields);
        let places: BTreeSet<_> = fields
            .filter_map(|field| match &field.kind {
                FieldKind::Message(name) | FieldKind::OptionalMessage(name) if name == part => {
                    Some((field.name.clone(), false))
                }
                FieldKind::Messages(name) if name == part => Some((field.name.clone(), true)),
                _ => None,
            })
            .collect();
        // A field of that name in a request and in a part of a list are two places.
        let is_in_part = |path: &str| {
            let mut fields = protocol.parts.iter().flat_map(|part| &part.fields);
            fields.any(|field| field.name == path)
        };
        match places.first() {
            Some((path, is_list)) if places.len() == 1 && !is_in_part(path) => {
                if *is_list {
                    Layout::Element(path.clone())
                } else {
                    Layout::View(path.clone())
                }
            }
            _ => Layout::Value,
        }
    }
}

/// Where fields are read: the beginning and the end of the names of the C functions, and what they
/// are given.
pub(super) struct Place<'place> {
    pub(super) prefix: &'place str,
    pub(super) suffix: &'static str,
    pub(super) arguments: &'static str,
}

impl Place<'_> {
    pub(super) fn function(&self, path: &str) -> String {
        let Place {
            prefix,
            suffix,
            arguments,
        } = self;
        format!("exhook_call_{prefix}{path}{suffix}({arguments})")
    }

    /// The type of a field and how it is read.
    pub(super) fn field(&self, field: &Field, protocol: &Protocol) -> (String, String) {
        let value = self.function(&field.name);
        let name = match &field.kind {
            FieldKind::Message(name) => return (name.clone(), self.part(field, name, protocol)),
            FieldKind::OptionalMessage(name) => {
                let part = self.part(field, name, protocol);
                return (format!("std::optional<{name}>"), part);
            }
            FieldKind::Messages(_) | FieldKind::TextMap => {
                let path = format!("{}{}", self.prefix, field.name);
                let list = list_type(field, &path);
                return (list.clone(), format!("{list}({})", self.arguments));
            }
            FieldKind::Enum(name, _) => enum_name(name),
            _ => return (plain_type(field).to_owned(), plain_value(field, &value)),
        };
        let read = format!("static_cast<{name}>({value})");
        (name, read)
    }

    pub(super) fn part(&self, field: &Field, name: &str, protocol: &Protocol) -> String {
        if Layout::of(name, protocol) != Layout::Value {
            return format!("{name}({})", self.arguments);
        }
        let inner = Place {
            prefix: &format!("{}{}_", self.prefix, field.name),
            ..*self
        };
        inner.value(name, protocol)
    }

    /// A part that is kept as its fields.
    pub(super) fn value(&self, name: &str, protocol: &Protocol) -> String {
        let fields = protocol.part(name).fields.iter();
        let values: Vec<_> = fields.map(|field| self.field(field, protocol).1).collect();
        format!("{name}({})", values.join(", "))
    }
}

pub(super) fn plain_type(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Bool => "bool",
        FieldKind::Integer("u32") => "std::uint32_t",
        FieldKind::Integer("i64") => "std::int64_t",
        FieldKind::Integer(_) => "std::uint64_t",
        _ => "std::string_view",
    }
}

pub(super) fn plain_value(field: &Field, value: &str) -> String {
    match field.kind {
        FieldKind::Bool | FieldKind::Integer(_) => value.to_owned(),
        _ => format!("detail::text({value})"),
    }
}

/// `AuthorizeReqType` as `AuthorizeType`.
pub(super) fn enum_name(name: &str) -> String {
    name.replace("Req", "")
}

pub(super) fn list_type(field: &Field, path: &str) -> String {
    let source = format!("detail::{}", type_name(path));
    match &field.kind {
        FieldKind::Messages(name) if name != BY_HAND => format!("List<{name}, {source}>"),
        _ => format!("Properties<{source}>"),
    }
}

/// `user_props` as `UserProps`.
pub(super) fn type_name(path: &str) -> String {
    camel_case(&format!("_{path}"))
}
