//! `bindings-node/src/fields.rs`: writes the fields of requests where JavaScript reads them.

use std::{error::Error, fmt::Write as _};

use exhook::Hook;

use crate::{
    NOTICE,
    descriptors::{FieldKind, Message, Protocol},
    layout::{placed, words_of},
    text::{formatted_rust, snake_case},
};

/// The formatted file.
pub(crate) fn generate(protocol: &Protocol) -> Result<String, Box<dyn Error>> {
    let mut file = format!(
        "// {NOTICE}\n//! Writes the fields of requests into a burst, each where `lib/requests.js` reads it.\n\n\
         use exhook::{{Hook, Request, proto}};\n\nuse crate::entry::Entry;\n\n"
    );
    let words = protocol.hooks.iter();
    let words: Vec<_> = words
        .map(|doc| words_of(&doc.request, protocol).to_string())
        .collect();
    let _ = writeln!(
        file,
        "/// How many words the fields of a request take, by the number of its hook.\n\
         pub(crate) const WORDS: [usize; Hook::COUNT] = [{}];\n",
        words.join(", ")
    );
    file += "/// Writes the fields of a request from the word `at` on.\n\
             pub(crate) fn write(entry: &mut Entry<'_>, at: usize, request: &Request) {\nmatch request {\n";
    for doc in &protocol.hooks {
        let name = function(doc.hook);
        let _ = writeln!(
            file,
            "Request::{:?}(request) => {name}(entry, at, request),",
            doc.hook
        );
    }
    file += "}\n}\n\n";
    for part in &protocol.parts {
        writer(&mut file, part, &snake_case(&part.name), protocol);
    }
    for doc in &protocol.hooks {
        writer(&mut file, &doc.request, &function(doc.hook), protocol);
    }
    formatted_rust(&file)
}

fn function(hook: Hook) -> String {
    format!("{}_request", hook.snake_name())
}

fn writer(file: &mut String, message: &Message, name: &str, protocol: &Protocol) {
    let _ = writeln!(
        file,
        "fn {name}(entry: &mut Entry<'_>, at: usize, from: &proto::{}) {{",
        message.name
    );
    for (field, first) in placed(message, protocol) {
        let at = if first == 0 {
            "at".to_owned()
        } else {
            format!("at + {first}")
        };
        let name = if field.name == "type" {
            "r#type"
        } else {
            &field.name
        };
        let line = match &field.kind {
            FieldKind::Bool => format!("entry.number({at}, u32::from(from.{name}));"),
            FieldKind::Integer("u32") => format!("entry.number({at}, from.{name});"),
            FieldKind::Integer("i64") => {
                format!("entry.wide_number({at}, from.{name}.cast_unsigned());")
            }
            FieldKind::Integer(_) => format!("entry.wide_number({at}, from.{name});"),
            FieldKind::Enum(..) => {
                format!("entry.number({at}, from.{name}.cast_unsigned());")
            }
            FieldKind::Text => format!("entry.text({at}, &from.{name});"),
            FieldKind::Bytes => format!("entry.bytes({at}, &from.{name});"),
            FieldKind::TextMap => format!("entry.map({at}, &from.{name});"),
            FieldKind::Messages(kind) => format!(
                "entry.list({at}, &from.{name}, {}, {});",
                words_of(protocol.part(kind), protocol),
                snake_case(kind)
            ),
            FieldKind::Message(kind) => format!(
                "if let Some(part) = &from.{name} {{\n{}(entry, {at}, part);\n}}",
                snake_case(kind)
            ),
            FieldKind::OptionalMessage(kind) => format!(
                "if let Some(part) = &from.{name} {{\nentry.number({at}, 1);\n{}(entry, at + {}, part);\n}}",
                snake_case(kind),
                first + 1
            ),
        };
        *file += &line;
        file.push('\n');
    }
    *file += "}\n\n";
}
