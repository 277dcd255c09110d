//! Writes the decoders of all request messages: implementations of `DecodeFields` in
//! `core/src/wire/`.

use std::{collections::BTreeMap, error::Error, fmt::Write as _};

use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet, MessageOptions,
    field_descriptor_proto::{Label, Type},
};

const PACKAGES: &str = ".emqx.exhook.";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The Rust code that decodes whatever a request of a package can hold.
pub(crate) fn code(files: &FileDescriptorSet) -> Result<String> {
    let mut messages = Messages {
        described: BTreeMap::new(),
        reached: BTreeMap::new(),
    };
    for file in &files.file {
        for message in &file.message_type {
            let name = format!(".{}.{}", file.package(), message.name());
            messages.described.insert(name, message);
        }
    }
    let mut rpcs = String::new();
    for file in &files.file {
        for rpc in file.service.iter().flat_map(|service| &service.method) {
            let request = rpc.input_type();
            messages.reach(request, &mut Vec::new())?;
            writeln!(
                rpcs,
                "({:?}, {:?}) => {},",
                file.package(),
                rpc.name(),
                rust_type(request)?
            )?;
        }
    }
    let mut code: String = messages.reached.into_values().collect();
    // A macro that is told the package, the name and the request's type of every rpc.
    write!(
        code,
        "#[cfg(any(test, feature = \"testing\"))]\n\
         macro_rules! for_each_rpc {{ ($each:ident) => {{ $each! {{\n{rpcs}}} }}; }}\n"
    )?;
    Ok(code)
}

struct Messages<'files> {
    described: BTreeMap<String, &'files DescriptorProto>,
    /// The code of each message that a request holds.
    reached: BTreeMap<&'files str, String>,
}

impl<'files> Messages<'files> {
    /// Writes the decoder of the message of this name and of all that it holds.
    fn reach(&mut self, name: &'files str, outer: &mut Vec<&'files str>) -> Result<()> {
        if outer.contains(&name) {
            return Err(format!("{name} holds itself: decoders know no limit of depth").into());
        }
        if self.reached.contains_key(name) {
            return Ok(());
        }
        let message = *self
            .described
            .get(name)
            .ok_or_else(|| format!("{name}: a request holds messages of the top level only"))?;
        outer.push(name);
        for field in &message.field {
            if field.r#type() == Type::Message && !is_map(message, field) {
                self.reach(field.type_name(), outer)?;
            }
        }
        outer.pop();
        self.reached.insert(name, implementation(name, message)?);
        Ok(())
    }
}

fn implementation(name: &str, message: &DescriptorProto) -> Result<String> {
    let mut code = format!(
        "impl DecodeFields for {} {{\n\
         #[inline]\n\
         fn decode_field(&mut self, key: u32, reader: &mut Reader<'_>) -> Result<(), Malformed> {{\n\
         match key {{\n",
        rust_type(name)?
    );
    let mut numbers = Vec::new();
    for field in &message.field {
        let (wire_type, read) = reading(message, field)
            .ok_or_else(|| format!("{name}.{}: no decoder for this type yet", field.name()))?;
        let number = u32::try_from(field.number())?;
        writeln!(code, "{} => {read},", number << 3 | wire_type)?;
        numbers.push(number.to_string());
    }
    // A known field of another wire type is an error, which is prost's to tell.
    if !numbers.is_empty() {
        let numbers = numbers.join(" | ");
        writeln!(
            code,
            "_ if matches!(key >> 3, {numbers}) => Err(Malformed),"
        )?;
    }
    code.push_str("_ => reader.skip(key),\n}\n}\n}\n");
    Ok(code)
}

/// The wire type of a field, and the expression that reads it; `None` for types that no request
/// has.
fn reading(message: &DescriptorProto, field: &FieldDescriptorProto) -> Option<(u32, String)> {
    const VARINT: u32 = 0;
    const LENGTH_DELIMITED: u32 = 2;
    let name = match field.name() {
        "type" => "r#type",
        name => name,
    };
    let repeated = field.label() == Label::Repeated;
    let varint = |expression: &str| {
        let read = format!("reader.varint().map(|value| self.{name} = {expression})");
        Some((VARINT, read))
    };
    let delimited = |read: String| Some((LENGTH_DELIMITED, read));
    if field.oneof_index.is_some() {
        return None;
    }
    match field.r#type() {
        Type::Message if is_map(message, field) => {
            delimited(format!("reader.map_entry(&mut self.{name})"))
        }
        Type::Message if repeated => {
            delimited(format!("reader.repeated_message(&mut self.{name})"))
        }
        Type::Message => delimited(format!(
            "reader.message(self.{name}.get_or_insert_default())"
        )),
        _ if repeated => None,
        Type::String => delimited(format!("reader.string(&mut self.{name})")),
        Type::Bytes => delimited(format!("reader.bytes(&mut self.{name})")),
        Type::Bool => varint("value != 0"),
        Type::Uint32 => varint("value as u32"),
        Type::Uint64 => varint("value"),
        Type::Int32 | Type::Enum => varint("value as i32"),
        Type::Int64 => varint("value as i64"),
        _ => None,
    }
}

/// Whether the field is a map of texts to texts, the only one that requests have.
fn is_map(message: &DescriptorProto, field: &FieldDescriptorProto) -> bool {
    let entry = field.type_name().rsplit('.').next();
    message.nested_type.iter().any(|nested| {
        Some(nested.name()) == entry
            && nested
                .options
                .as_ref()
                .is_some_and(MessageOptions::map_entry)
            && nested
                .field
                .iter()
                .all(|field| field.r#type() == Type::String)
    })
}

fn rust_type(name: &str) -> Result<String> {
    let local = name
        .strip_prefix(PACKAGES)
        .ok_or_else(|| format!("{name} is in none of the packages of exhook"))?;
    Ok(local.replace('.', "::"))
}
