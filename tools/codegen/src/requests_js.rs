//! `bindings-node/lib/requests.js`: the classes of requests and their parts, with lazy getters.

use std::fmt::Write as _;

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, Message, Protocol},
    layout::{placed, words_of},
    text::{first_sentence, jsdoc},
};

/// The class that is written by hand over its fields, because it also stands for a changed
/// message.
const BY_HAND: &str = "Message";

/// `lib/parts.js`, the parts of requests.
pub(crate) fn parts(protocol: &Protocol) -> String {
    let mut file = format!(
        "// {NOTICE}\n// @ts-nocheck Kept parts are no declared fields.\n'use strict'\n\n\
         const {{ Part, bytes, list, map, signedNumber, text, wideNumber }} = require('./part.js')\n\n"
    );
    for part in &protocol.parts {
        class(&mut file, part, "Part", 0, protocol);
    }
    export(&mut file, protocol.parts.iter().map(class_name));
    file
}

/// `lib/requests.js`, the requests themselves.
pub(crate) fn requests(protocol: &Protocol) -> String {
    let parts = protocol.parts.iter().filter(|part| part.name != BY_HAND);
    let mut used: Vec<_> = parts
        .map(|part| &*part.name)
        .filter(|part| is_used(part, protocol))
        .collect();
    used.sort_unstable();
    let mut file = format!(
        "// {NOTICE}\n// @ts-nocheck Kept parts are no declared fields.\n'use strict'\n\n\
         const {{ Message }} = require('./message.js')\n\
         const {{ list, text }} = require('./part.js')\n\
         const {{ {} }} = require('./parts.js')\n\
         const {{ Request }} = require('./request.js')\n\n",
        used.join(", ")
    );
    for doc in &protocol.hooks {
        class(&mut file, &doc.request, "Request", HEADER_WORDS, protocol);
    }
    export(
        &mut file,
        protocol.hooks.iter().map(|doc| doc.request.name.clone()),
    );
    file
}

/// What `lib/index.js` exports besides the parts and the requests.
const BY_NAME: &[&str] = &[
    "AddressInUseError",
    "App",
    "ExhookError",
    "HandlerError",
    "InvalidAddressError",
    "InvalidOptionError",
    "IoError",
    "Request",
    "Verdict",
    "WrongStateError",
    "allow",
    "block",
    "currentRequest",
    "deny",
    "ignore",
    "keepGoing",
    "version",
];

/// `lib/index.mjs`, the names that an import has.
pub(crate) fn index(protocol: &Protocol) -> String {
    let mut names: Vec<&str> = BY_NAME.to_vec();
    names.extend(protocol.parts.iter().map(|part| &*part.name));
    names.extend(protocol.hooks.iter().map(|doc| &*doc.request.name));
    names.sort_unstable();
    format!(
        "// {NOTICE}\nimport exhook from './index.js'\n\nexport const {{\n  {},\n}} = exhook\n",
        names.join(",\n  ")
    )
}

fn is_used(part: &str, protocol: &Protocol) -> bool {
    let requests = protocol.hooks.iter().map(|doc| &doc.request);
    let mut fields = requests.flat_map(|request| &request.fields);
    fields.any(|field| match &field.kind {
        FieldKind::Message(name) | FieldKind::OptionalMessage(name) | FieldKind::Messages(name) => {
            name == part
        }
        _ => false,
    })
}

fn export(file: &mut String, names: impl Iterator<Item = String>) {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    let _ = writeln!(file, "module.exports = {{\n  {},\n}}", names.join(",\n  "));
}

fn class_name(message: &Message) -> String {
    if message.name == BY_HAND {
        format!("{BY_HAND}Fields")
    } else {
        message.name.clone()
    }
}

/// How many words are before the fields of a request; `bindings-node/src/burst.rs` says which.
const HEADER_WORDS: usize = 14;

fn class(file: &mut String, message: &Message, base: &str, offset: usize, protocol: &Protocol) {
    *file += &jsdoc("", &format!("{}.", first_sentence(&message.doc).0));
    let _ = writeln!(file, "class {} extends {base} {{", class_name(message));
    let names: Vec<_> = message
        .fields
        .iter()
        .map(|field| format!("'{}'", field.name))
        .collect();
    let line = format!("  static fields = [{}]\n", names.join(", "));
    if line.len() <= 101 {
        *file += &line;
    } else {
        let _ = writeln!(
            file,
            "  static fields = [\n    {},\n  ]",
            names.join(",\n    ")
        );
    }
    for (field, first) in placed(message, protocol) {
        getter(file, field, first + offset, protocol);
    }
    if message.name == "Property" {
        *file += "\n  *[Symbol.iterator]() {\n    yield this.name\n    yield this.value\n  }\n";
    }
    *file += "}\n\n";
}

fn getter(file: &mut String, field: &Field, first: usize, protocol: &Protocol) {
    let at = if first == 0 {
        "this._at".to_owned()
    } else {
        format!("this._at + {first}")
    };
    let kept = format!("this._{}", field.name);
    let value = match &field.kind {
        FieldKind::Bool => format!("this._slab.words[{at}] !== 0"),
        FieldKind::Integer("u32") => format!("this._slab.words[{at}]"),
        FieldKind::Integer("i64") => format!("signedNumber(this._slab, {at})"),
        FieldKind::Integer(_) => format!("wideNumber(this._slab, {at})"),
        FieldKind::Enum(_, values) => {
            let others = values.iter().enumerate().skip(1);
            let others: Vec<_> = others
                .map(|(number, value)| {
                    format!("this._slab.words[{at}] === {number} ? '{value}' : ")
                })
                .collect();
            format!("{}'{}'", others.concat(), values[0])
        }
        FieldKind::Text => format!("text(this._slab, {at})"),
        FieldKind::Bytes => format!("bytes(this._slab, {at})"),
        FieldKind::TextMap => format!("map(this._slab, {at})"),
        FieldKind::Message(kind) => format!("({kept} ??= new {kind}(this._slab, {at}))"),
        FieldKind::OptionalMessage(kind) => format!(
            "this._slab.words[{at}] === 0\n      ? undefined\n      : ({kept} ??= new {kind}(this._slab, this._at + {}))",
            first + 1
        ),
        FieldKind::Messages(kind) => format!(
            "({kept} ??= list(this._slab, {at}, {}, {kind}))",
            words_of(protocol.part(kind), protocol)
        ),
    };
    let _ = writeln!(
        file,
        "\n  get {}() {{\n    return {value}\n  }}",
        field.name
    );
}
