//! `bindings-c/src/requests.rs`: one function for each accessor.

use std::{collections::BTreeSet, error::Error, fmt::Write as _};

use exhook::Hook;

use crate::{
    NOTICE,
    accessors_c::{
        Accessor, AccessorKind, BY_HAND, accessors, enum_name, getter, nothing, owners, rust_name,
        variant,
    },
    descriptors::{Field, FieldKind, Protocol},
    text::{formatted_rust, wrapped},
};

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
