//! `bindings-node/lib/index.d.ts`: the types of the npm package.

use std::fmt::Write as _;

use exhook::{AnswerKind, Config, ConfigValue, Fallback, Hook, camel_case};

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, HookDoc, Message, Protocol},
    text::jsdoc,
};

/// What is written by hand, with lines for what is generated.
const TEMPLATE: &str = include_str!("../templates/index.d.ts");
const PLACE_OF_OPTIONS: &str = "// (generated options)\n";
const PLACE_OF_CLASSES: &str = "// (generated classes)\n";
const PLACE_OF_CONFIG: &str = "  // (generated config)\n";
const PLACE_OF_METHODS: &str = "  // (generated methods)\n";
/// The methods that a message has besides its fields.
const MESSAGE_METHODS: &str = include_str!("../templates/message_methods.d.ts");

/// The declarations.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let mut classes = String::new();
    for part in &protocol.parts {
        class(&mut classes, part, None);
    }
    for doc in &protocol.hooks {
        class(&mut classes, &doc.request, Some(doc.hook));
    }
    let methods: Vec<_> = protocol.hooks.iter().map(method).collect();
    let declarations = TEMPLATE
        .replace(PLACE_OF_OPTIONS, &options(protocol))
        .replace(PLACE_OF_CLASSES, classes.trim_start())
        .replace(PLACE_OF_CONFIG, &config())
        .replace(PLACE_OF_METHODS, &methods.join("\n"));
    format!("// {NOTICE}\n{declarations}")
}

/// One type for each set of fallbacks, and the names of the hooks.
fn options(protocol: &Protocol) -> String {
    let mut types = String::new();
    for (name, hook, what) in [
        (
            "AuthOptions",
            Hook::ClientAuthenticate,
            "a hook that asks for yes or no",
        ),
        ("PublishOptions", Hook::MessagePublish, "`message.publish`"),
    ] {
        let fallbacks: Vec<_> = Fallback::names_for(hook)
            .iter()
            .map(|name| format!("'{name}'"))
            .collect();
        let default = if hook == Hook::MessagePublish {
            "unchanged"
        } else {
            "deny"
        };
        let _ = write!(
            types,
            "/** What the handler of {what} can be told. */\n\
             export interface {name} extends HandlerOptions {{\n\
             \x20 /** What is answered when the handler throws or takes too long; `{default}` unless told otherwise. */\n\
             \x20 fallback?: {}\n}}\n\n",
            fallbacks.join(" | ")
        );
    }
    types += "/** The dotted names of the hooks. */\nexport type HookName =\n";
    for doc in &protocol.hooks {
        let _ = writeln!(types, "  | '{}'", doc.hook.name());
    }
    types
}

fn config() -> String {
    let mut fields = String::new();
    for (name, value) in Config::default().options() {
        let (kind, default) = match value {
            ConfigValue::Number(number) => ("number", number.to_string()),
            ConfigValue::Switch(on) => ("boolean", on.to_string()),
        };
        let description = Config::description(name).unwrap_or_default();
        fields += &jsdoc(
            "  ",
            &format!("{description} {default} unless told otherwise."),
        );
        let _ = writeln!(fields, "  {}?: {kind}", camel_case(name));
    }
    fields
}

fn class(classes: &mut String, message: &Message, hook: Option<Hook>) {
    let base = if hook.is_some() {
        " extends Request"
    } else {
        ""
    };
    classes.push('\n');
    *classes += &jsdoc("", &message.doc);
    let _ = writeln!(classes, "export class {}{base} {{", message.name);
    *classes += "  private constructor()\n";
    if let Some(hook) = hook {
        let _ = writeln!(classes, "  readonly hook: '{}'", hook.name());
        if hook.has_topics() || message.fields.iter().any(|field| field.name == "topic") {
            *classes += "  readonly topic: string\n";
        }
    }
    for field in &message.fields {
        if hook.is_some() && field.name == "topic" {
            continue;
        }
        *classes += &jsdoc("  ", &field.doc);
        let _ = writeln!(
            classes,
            "  readonly {}: {}",
            field.name,
            typescript_type(field)
        );
    }
    *classes += match &*message.name {
        "Message" => MESSAGE_METHODS,
        "Property" => {
            "  /** The name and the value. */\n  [Symbol.iterator](): IterableIterator<string>\n"
        }
        _ => "",
    };
    if hook.is_none() {
        *classes += "  /** The fields as a plain object: payloads in base64, and no password. */\n  \
                     toJSON(): Record<string, unknown>\n";
    }
    *classes += "}\n";
}

fn typescript_type(field: &Field) -> String {
    match &field.kind {
        FieldKind::Bool => "boolean".to_owned(),
        FieldKind::Integer(_) => "number".to_owned(),
        FieldKind::Text => "string".to_owned(),
        FieldKind::Bytes => "Buffer".to_owned(),
        FieldKind::TextMap => "Record<string, string>".to_owned(),
        FieldKind::Enum(_, values) => {
            let values: Vec<_> = values.iter().map(|value| format!("'{value}'")).collect();
            values.join(" | ")
        }
        FieldKind::Message(name) => name.clone(),
        FieldKind::OptionalMessage(name) => format!("{name} | undefined"),
        FieldKind::Messages(name) => format!("readonly {name}[]"),
    }
}

fn method(doc: &HookDoc) -> String {
    let hook = doc.hook;
    let request = &doc.request.name;
    let (generics, handler, options) = match hook.answer_kind() {
        AnswerKind::Provider => (
            vec!["Result"],
            format!("Listener<{request}, Result>"),
            "HandlerOptions",
        ),
        AnswerKind::Notification => (
            vec!["Result"],
            format!("Listener<{request}, Result>"),
            "ListenerOptions",
        ),
        AnswerKind::Bool => {
            let answer = if hook == Hook::MessageIngress {
                "IngressAnswer"
            } else {
                "AuthAnswer"
            };
            (
                vec![],
                format!("Handler<{request}, {answer}>"),
                "AuthOptions",
            )
        }
        AnswerKind::Message => (
            vec![],
            format!("Handler<{request}, PublishAnswer>"),
            "PublishOptions",
        ),
    };
    let mut method = jsdoc("  ", &documentation(doc));
    let name = format!("on{hook:?}");
    let signature = |generics: &[&str], topics: &str| {
        let generics = if generics.is_empty() {
            String::new()
        } else {
            format!("<{}>", generics.join(", "))
        };
        format!("  {name}{generics}({topics}handler: {handler}, options?: {options}): this\n")
    };
    method += &signature(&generics, "");
    if hook.has_topics() {
        let mut generics = generics;
        generics.insert(0, "const Filters extends string | readonly string[]");
        method += &signature(&generics, "topics: Filters & ValidTopicFilters<Filters>, ");
    }
    method
}

fn documentation(doc: &HookDoc) -> String {
    let hook = doc.hook;
    let answer = match hook.answer_kind() {
        AnswerKind::Provider => "What the handler returns means nothing.",
        AnswerKind::Notification => {
            "What the handler returns means nothing. The broker is answered before the handler \
             runs, or after it with `ack: 'late'`."
        }
        AnswerKind::Bool if hook == Hook::MessageIngress => {
            "Return true or `allow()`, false or `deny()`, nothing or `ignore()` for no opinion."
        }
        AnswerKind::Bool => {
            "Return true or `allow()`, false or `deny()`, nothing or `ignore()` for no opinion, or \
             `keepGoing(…)` for a verdict that may still be changed."
        }
        AnswerKind::Message => {
            "Return `request.message.replace({…})` to change the message, `block()` to keep it \
             from its subscribers, or nothing to leave it as it is."
        }
    };
    let topics = if hook.has_topics() {
        " Topic filters limit the messages; without any, all come."
    } else {
        ""
    };
    format!(
        "Registers a handler for `{}`.\n\n{}\n\n{answer}{topics}",
        hook.name(),
        doc.doc
    )
}
