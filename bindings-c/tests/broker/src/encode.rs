//! A writer of protobuf messages that takes the value of each field by its path, such as
//! `clientinfo.username` or `props[1].name`.

use exhook::Package;

use crate::fields::{Content, FIELDS, Field, Label};

/// What stands in a field that is no message.
pub(crate) enum Value {
    /// A text, or bytes.
    Bytes(Vec<u8>),
    /// A number, or true as 1.
    Number(u64),
}

/// Where the values come from.
pub(crate) trait Values {
    /// The value of the field at `path`; `None` leaves it out.
    fn value(&self, path: &str, content: &Content) -> Option<Value>;

    /// How many entries the list or map at `path` has.
    fn entries(&self, path: &str, label: Label) -> usize;
}

/// The bytes of a message with what `values` has for its fields.
pub(crate) fn message(package: Package, name: &str, values: &dyn Values) -> Vec<u8> {
    message_at(package, name, "", values)
}

fn message_at(package: Package, name: &str, prefix: &str, values: &dyn Values) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in FIELDS.of(package, name) {
        let path = format!("{prefix}{}", field.name);
        match field.label {
            Label::Single => write_field(&mut bytes, package, field, &path, values),
            Label::Repeated => {
                for index in 0..values.entries(&path, field.label) {
                    write_field(
                        &mut bytes,
                        package,
                        field,
                        &format!("{path}[{index}]"),
                        values,
                    );
                }
            }
            Label::Map => {
                for index in 0..values.entries(&path, field.label) {
                    let entry = map_entry(&format!("{path}[{index}]"), values);
                    write_bytes(&mut bytes, field.number, &entry);
                }
            }
        }
    }
    bytes
}

fn map_entry(path: &str, values: &dyn Values) -> Vec<u8> {
    let mut entry = Vec::new();
    for (number, part) in [(1, "name"), (2, "value")] {
        let value = values.value(&format!("{path}.{part}"), &Content::Text);
        write_value(&mut entry, number, value);
    }
    entry
}

fn write_field(
    bytes: &mut Vec<u8>,
    package: Package,
    field: &Field,
    path: &str,
    values: &dyn Values,
) {
    match &field.content {
        Content::Message(name) => {
            let inner = message_at(package, name, &format!("{path}."), values);
            // A message of which nothing is said is absent.
            if !inner.is_empty() {
                write_bytes(bytes, field.number, &inner);
            }
        }
        content => write_value(bytes, field.number, values.value(path, content)),
    }
}

fn write_value(bytes: &mut Vec<u8>, number: u64, value: Option<Value>) {
    match value {
        None => {}
        Some(Value::Bytes(content)) => write_bytes(bytes, number, &content),
        Some(Value::Number(content)) => {
            write_number(bytes, number << 3);
            write_number(bytes, content);
        }
    }
}

fn write_bytes(bytes: &mut Vec<u8>, number: u64, content: &[u8]) {
    write_number(bytes, number << 3 | 2);
    write_number(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}
