//! `bindings-node/lib/index.d.ts`: the types of the npm package.

use std::fmt::Write as _;

use exhook::{AnswerKind, Config, ConfigValue, Failure, Fallback, Hook, camel_case};

use crate::{
    NOTICE,
    descriptors::{Field, FieldKind, HookDoc, Message, Protocol},
    text::jsdoc,
};

/// What is written by hand, with marks for what is generated.
const TEMPLATES: [&str; 6] = [
    include_str!("../templates/npm/handlers.d.ts"),
    include_str!("../templates/npm/topics.d.ts"),
    include_str!("../templates/npm/app.d.ts"),
    include_str!("../templates/npm/metrics.d.ts"),
    include_str!("../templates/npm/errors.d.ts"),
    include_str!("../templates/npm/requests.d.ts"),
];
/// The methods that a message has besides its fields.
const MESSAGE_METHODS: &str = include_str!("../templates/npm/message_methods.d.ts");
const PROPERTY_METHODS: &str =
    "  /** The name and the value. */\n  [Symbol.iterator](): IterableIterator<string>\n";

/// What topic filters are checked by: one, or several in an array. The parameter is no intersection
/// with its check, because errors would then only speak of `never`.
const FILTER_TYPES: &[&str] = &[
    "const Filter extends string",
    "const Filters extends readonly string[]",
];
const TOPICS: &str = "topics: CheckedFilter<Filter> | CheckedFilters<Filters>";

/// The declarations.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let hooks = || protocol.hooks.iter();
    let parts = protocol.parts.iter().map(part_class);
    let classes: Vec<_> = parts.chain(hooks().map(request_class)).collect();
    let requests: Vec<_> = hooks().map(|doc| doc.request.name.clone()).collect();
    let names: Vec<_> = hooks().map(|doc| quoted(doc.hook.name())).collect();
    let failures = Failure::ALL.iter().map(|failure| quoted(failure.name()));
    let methods: Vec<_> = hooks().map(method).collect();
    let fallbacks = |hook| one_line(Fallback::names_for(hook).iter().map(|name| quoted(name)));
    let declarations = TEMPLATES
        .join("\n")
        .replace("(generated hook names)", &alternatives(&names))
        .replace(
            "(generated auth fallbacks)",
            &fallbacks(Hook::ClientAuthenticate),
        )
        .replace(
            "(generated publish fallbacks)",
            &fallbacks(Hook::MessagePublish),
        )
        .replace(
            "(generated failures)",
            &alternatives(&failures.collect::<Vec<_>>()),
        )
        .replace("  (generated config)\n", &config())
        .replace("  (generated methods)\n", &methods.join("\n"))
        .replace("(generated requests)", &alternatives(&requests))
        .replace("(generated classes)\n", &classes.join("\n"));
    format!("// {NOTICE}\n{declarations}")
}

fn quoted(name: &str) -> String {
    format!("'{name}'")
}

fn one_line(types: impl Iterator<Item = String>) -> String {
    types.collect::<Vec<_>>().join(" | ")
}

fn alternatives(types: &[String]) -> String {
    format!("\n  | {}", types.join("\n  | "))
}

fn config() -> String {
    let mut fields = String::new();
    for (name, value) in Config::default().options() {
        let (kind, default) = match value {
            ConfigValue::Number(number) => ("number", number.to_string()),
            ConfigValue::Switch(on) => ("boolean", on.to_string()),
            ConfigValue::Text(text) => ("string", quoted(&text)),
        };
        let description = Config::description(name).unwrap_or_default();
        fields += &jsdoc("  ", &format!("{description} Default: {default}."));
        let _ = writeln!(fields, "  {}?: {kind} | undefined", camel_case(name));
    }
    fields
}

fn part_class(part: &Message) -> String {
    let mut class = jsdoc("", &part.doc);
    let _ = writeln!(
        class,
        "export class {} extends Part {{\n  private constructor()",
        part.name
    );
    for field in &part.fields {
        class += &property(field);
    }
    class += match &*part.name {
        "Message" => MESSAGE_METHODS,
        "Property" => PROPERTY_METHODS,
        _ => "",
    };
    class + "}\n"
}

fn request_class(doc: &HookDoc) -> String {
    let (hook, request) = (doc.hook, &doc.request);
    let mut class = jsdoc("", &request.doc);
    let _ = writeln!(
        class,
        "export class {} extends Request {{\n  private constructor()\n  readonly hook: {}",
        request.name,
        quoted(hook.name())
    );
    let has_field = request.fields.iter().any(|field| field.name == "topic");
    if hook.has_topics() && !has_field {
        class += "  /** The topic of the message. */\n  readonly topic: string\n";
    }
    for field in &request.fields {
        class += &property(field);
    }
    class + "}\n"
}

fn property(field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Bool => "boolean".to_owned(),
        FieldKind::Integer(_) if field.name == "qos" => "Qos".to_owned(),
        FieldKind::Integer(_) => "number".to_owned(),
        FieldKind::Text => "string".to_owned(),
        FieldKind::Bytes => "Buffer".to_owned(),
        FieldKind::TextMap => "Record<string, string | undefined>".to_owned(),
        FieldKind::Enum(_, values) => one_line(values.iter().map(|value| quoted(value))),
        FieldKind::Message(name) => name.clone(),
        FieldKind::OptionalMessage(name) => format!("{name} | undefined"),
        FieldKind::Messages(name) => format!("readonly {name}[]"),
    };
    let memory = if matches!(field.kind, FieldKind::Bytes) {
        " It shares its memory with other calls of its burst, about 64 KiB: copy what is kept for long."
    } else {
        ""
    };
    jsdoc("  ", &(field.doc.clone() + memory)) + &format!("  readonly {}: {kind}\n", field.name)
}

fn method(doc: &HookDoc) -> String {
    let hook = doc.hook;
    let request = &doc.request.name;
    let listener = format!("Listener<{request}, Result>");
    let (handler, options) = match hook.answer_kind() {
        AnswerKind::Provider => (listener, "TimeoutOptions"),
        AnswerKind::Notification => (listener, "NotificationOptions"),
        AnswerKind::Bool if hook == Hook::MessageIngress => {
            (format!("Handler<{request}, IngressAnswer>"), "AuthOptions")
        }
        AnswerKind::Bool => (format!("Handler<{request}, AuthAnswer>"), "AuthOptions"),
        AnswerKind::Message => (
            format!("Handler<{request}, PublishAnswer>"),
            "PublishOptions",
        ),
    };
    let results: &[&str] = if hook.is_valued() { &[] } else { &["Result"] };
    let mut method = jsdoc("  ", &documentation(doc));
    let parameters = [
        format!("handler: {handler}"),
        format!("options?: {options}"),
    ];
    method += &overload(hook, results, &parameters);
    if hook.has_topics() {
        let generics = [FILTER_TYPES, results].concat();
        let [handler, options] = parameters;
        method += &overload(hook, &generics, &[TOPICS.to_owned(), handler, options]);
    }
    method
}

/// One way to call the method that registers a handler.
fn overload(hook: Hook, generics: &[&str], parameters: &[String]) -> String {
    let generics = match generics {
        [] => String::new(),
        [one] => format!("<{one}>"),
        several => format!("<\n    {},\n  >", several.join(",\n    ")),
    };
    let short = format!("  on{hook:?}{generics}({}): this\n", parameters.join(", "));
    if short.lines().all(|line| line.len() <= 100) {
        return short;
    }
    format!(
        "  on{hook:?}{generics}(\n    {},\n  ): this\n",
        parameters.join(",\n    ")
    )
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
        "Registers a handler for `{}`.\n\n{}\n\n{answer}{topics}\n\n\
         @throws {{InvalidOptionError}} where a filter or an option means nothing\n\n\
         @throws {{WrongStateError}} where the app listens already",
        hook.name(),
        doc.doc
    )
}
