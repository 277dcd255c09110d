//! The protocol as the generators see it: hooks with their requests, messages with their fields,
//! all with the comments of `proto/exhook_v3.proto`.

use std::{collections::HashMap, error::Error};

use exhook::Hook;
use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MessageOptions,
    field_descriptor_proto::{Label, Type},
};

const PACKAGE: &str = "emqx.exhook.v3";
// Field numbers in google/protobuf/descriptor.proto: comments are found by such paths.
const FILE_MESSAGES: i32 = 4;
const FILE_SERVICES: i32 = 6;
const MESSAGE_FIELDS: i32 = 2;
const SERVICE_METHODS: i32 = 2;

/// Package v3, whose types are the ones that users see.
pub(crate) struct Protocol {
    /// In the order of the table of hooks.
    pub(crate) hooks: Vec<HookDoc>,
    /// The messages inside requests, in the order of the file.
    pub(crate) parts: Vec<Message>,
}

/// One hook.
pub(crate) struct HookDoc {
    pub(crate) hook: Hook,
    /// When the hook is called, and what its answer is for.
    pub(crate) doc: String,
    pub(crate) request: Message,
}

/// One message type.
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

/// One field of a message.
pub(crate) struct Field {
    /// As the proto file has it.
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: FieldKind,
}

/// The type of a field.
pub(crate) enum FieldKind {
    Bool,
    /// The type's name in Rust.
    Integer(&'static str),
    Text,
    Bytes,
    TextMap,
    /// Type name in Rust and the values' names in lower case.
    Enum(String, Vec<String>),
    /// A message that every broker sends.
    Message(String),
    /// A message that some brokers do not send.
    OptionalMessage(String),
    Messages(String),
}

impl Protocol {
    /// Reads the descriptors that the core was compiled from.
    pub(crate) fn load() -> Result<Self, Box<dyn Error>> {
        let set = FileDescriptorSet::decode(exhook::proto::FILE_DESCRIPTOR_SET)?;
        let file = set
            .file
            .iter()
            .find(|file| file.package() == PACKAGE)
            .ok_or("the descriptors lack package v3")?;
        let comments = comments_of(file);
        let doc = |path: &[i32]| comments.get(path).cloned().unwrap_or_default();

        let mut messages: Vec<Message> = file
            .message_type
            .iter()
            .zip(0..)
            .map(|(message, index)| Message {
                name: message.name().to_owned(),
                doc: doc(&[FILE_MESSAGES, index]),
                fields: message
                    .field
                    .iter()
                    .zip(0..)
                    .map(|(field, number)| Field {
                        name: field.name().to_owned(),
                        doc: doc(&[FILE_MESSAGES, index, MESSAGE_FIELDS, number]),
                        kind: kind_of(message, field),
                    })
                    .collect(),
            })
            .collect();

        let service = file
            .service
            .first()
            .ok_or("the descriptors lack the service")?;
        let mut hooks = Vec::new();
        for hook in Hook::ALL {
            let rpc = hook.rpc_in(exhook::Package::V3);
            let (_, index) = service
                .method
                .iter()
                .zip(0..)
                .find(|(method, _)| method.name() == rpc)
                .ok_or_else(|| format!("the service lacks {rpc}"))?;
            let position = messages
                .iter()
                .position(|message| message.name == hook.request_name())
                .ok_or_else(|| format!("the descriptors lack {}", hook.request_name()))?;
            hooks.push(HookDoc {
                hook: *hook,
                doc: without_name(&doc(&[FILE_SERVICES, 0, SERVICE_METHODS, index])),
                request: messages.remove(position),
            });
        }
        // What is left and no part of a request belongs to answers.
        messages
            .retain(|message| !message.name.ends_with("Response") && message.name != "HookSpec");
        messages.retain(|message| !message.fields.is_empty());
        // A class stands behind the classes that it has.
        messages.sort_by_key(|message| message.fields.iter().any(Field::is_message));
        Ok(Self {
            hooks,
            parts: messages,
        })
    }

    /// The message inside requests that has this name.
    pub(crate) fn part(&self, name: &str) -> &Message {
        let part = self.parts.iter().find(|part| part.name == name);
        part.expect("requests are made of these parts")
    }
}

impl Message {
    /// Whether the message is so small that a copy costs less than a reference.
    pub(crate) fn is_plain(&self) -> bool {
        let mut kinds = self.fields.iter().map(|field| &field.kind);
        kinds.all(|kind| matches!(kind, FieldKind::Bool | FieldKind::Integer(_)))
    }
}

impl Field {
    /// The field's name in Python.
    pub(crate) fn python_name(&self) -> &str {
        if self.name == "from" {
            "from_"
        } else {
            &self.name
        }
    }

    /// The field's type in Python.
    pub(crate) fn python_type(&self) -> String {
        match &self.kind {
            FieldKind::Bool => "bool".to_owned(),
            FieldKind::Integer(_) => "int".to_owned(),
            FieldKind::Text => "str".to_owned(),
            FieldKind::Bytes => "bytes".to_owned(),
            FieldKind::TextMap => "dict[str, str]".to_owned(),
            FieldKind::Enum(_, values) => {
                let values: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
                format!("Literal[{}]", values.join(", "))
            }
            FieldKind::Message(name) => name.clone(),
            FieldKind::OptionalMessage(name) => format!("{name} | None"),
            FieldKind::Messages(name) => format!("tuple[{name}, ...]"),
        }
    }

    fn is_message(&self) -> bool {
        matches!(
            self.kind,
            FieldKind::Message(_) | FieldKind::OptionalMessage(_) | FieldKind::Messages(_)
        )
    }
}

fn kind_of(message: &DescriptorProto, field: &FieldDescriptorProto) -> FieldKind {
    let type_name = field.type_name().rsplit('.').next().unwrap_or_default();
    match field.r#type() {
        Type::Bool => FieldKind::Bool,
        Type::Uint32 => FieldKind::Integer("u32"),
        Type::Int64 => FieldKind::Integer("i64"),
        Type::Uint64 => FieldKind::Integer("u64"),
        Type::String => FieldKind::Text,
        Type::Bytes => FieldKind::Bytes,
        Type::Enum => {
            let kind = message
                .enum_type
                .iter()
                .find(|kind| kind.name() == type_name);
            let values = kind.map(|kind| &kind.value[..]).unwrap_or_default();
            let values = values.iter().map(|value| value.name().to_lowercase());
            FieldKind::Enum(type_name.to_owned(), values.collect())
        }
        Type::Message if is_map(message, type_name) => FieldKind::TextMap,
        Type::Message if field.label() == Label::Repeated => {
            FieldKind::Messages(type_name.to_owned())
        }
        // Brokers before 4.3.14 and 4.4.3 do not send it.
        Type::Message if type_name == "RequestMeta" => {
            FieldKind::OptionalMessage(type_name.to_owned())
        }
        Type::Message => FieldKind::Message(type_name.to_owned()),
        other => unreachable!("the protocol has no fields of type {other:?}"),
    }
}

fn is_map(message: &DescriptorProto, type_name: &str) -> bool {
    message.nested_type.iter().any(|nested| {
        nested.name() == type_name
            && nested
                .options
                .as_ref()
                .is_some_and(MessageOptions::map_entry)
    })
}

/// The comment of an rpc without its last sentence, which names the hook: headings do that.
fn without_name(doc: &str) -> String {
    let end = doc
        .find(" Hook name: ")
        .or(doc.find(" It has no hook name."));
    doc[..end.unwrap_or(doc.len())].to_owned()
}

fn comments_of(file: &FileDescriptorProto) -> HashMap<Vec<i32>, String> {
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    locations
        .filter(|location| location.leading_comments.is_some())
        .map(|location| {
            let lines = location.leading_comments().lines().map(str::trim);
            let text: Vec<_> = lines.collect();
            (location.path.clone(), text.join(" ").trim().to_owned())
        })
        .collect()
}
