//! `docs/hooks.md`: every hook on one page.

use std::fmt::Write as _;

use exhook::{AnswerKind, Hook, Package};

use crate::{
    NOTICE,
    descriptors::{Field, HookDoc, Message, Protocol},
    text::first_sentence,
};

const CALLED: &str = "The broker calls it ";

/// The page.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let mut page = format!(
        "<!-- {NOTICE} -->\n\n# Hooks\n\n\
         The broker calls the hooks that have a handler. In Python the handler of `client.authenticate` \
         is registered with `@app.on_client_authenticate`, in JavaScript with `app.onClientAuthenticate`, in Rust \
         and C++ with `on_client_authenticate`, in C with `EXHOOK_HOOK_CLIENT_AUTHENTICATE`, and so on. \
         What is `clientinfo.username` in most languages is `exhook_call_clientinfo_username` in C.\n\n\
         | Hook | In EMQX 4 | Called | Answer | Topic filters | Since |\n\
         |---|---|---|---|---|---|\n"
    );
    for doc in &protocol.hooks {
        let hook = doc.hook;
        let v1 = match hook.name_in(Package::V1) {
            _ if hook.since() > Package::V1 => "—".to_owned(),
            same if same == hook.name() => "the same".to_owned(),
            other => format!("`{other}`"),
        };
        let (called, _) = first_sentence(&doc.doc);
        let called = called.strip_prefix(CALLED).unwrap_or(called);
        let _ = writeln!(
            page,
            "| [`{}`](#{}) | {v1} | {} | {} | {} | {} |",
            hook.name(),
            anchor(hook.name()),
            cell(
                called
                    .strip_prefix("Every broker node calls it ")
                    .unwrap_or(called)
            ),
            answer(hook),
            if hook.has_topics() { "yes" } else { "" },
            since(hook),
        );
    }
    for doc in &protocol.hooks {
        hook_section(&mut page, doc);
    }
    page += "\n## Messages inside requests\n";
    for part in &protocol.parts {
        let _ = write!(page, "\n### {}\n\n{}\n\n", part.name, part.doc);
        fields(&mut page, part);
    }
    page
}

fn hook_section(page: &mut String, doc: &HookDoc) {
    let _ = write!(page, "\n## {}\n\n{}\n\n", doc.hook.name(), doc.doc);
    let _ = write!(page, "Fields of `{}`:\n\n", doc.request.name);
    fields(page, &doc.request);
}

fn fields(page: &mut String, message: &Message) {
    *page += "| Field | Type | Meaning |\n|---|---|---|\n";
    for field in &message.fields {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            field.name,
            type_cell(field),
            cell(&field.doc)
        );
    }
}

/// The type in words that every language understands.
fn type_cell(field: &Field) -> String {
    use crate::descriptors::FieldKind;

    let link = |name: &str| format!("[{name}](#{})", name.to_lowercase());
    match &field.kind {
        FieldKind::Bool => "boolean".to_owned(),
        FieldKind::Integer(_) => "integer".to_owned(),
        FieldKind::Text => "text".to_owned(),
        FieldKind::Bytes => "bytes".to_owned(),
        FieldKind::TextMap => "map of text to text".to_owned(),
        FieldKind::Enum(_, values) => {
            let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
            values.join(" or ")
        }
        FieldKind::Message(name) => link(name),
        FieldKind::OptionalMessage(name) => {
            format!("{}; absent before EMQX 4.3.14 and 4.4.3", link(name))
        }
        FieldKind::Messages(name) => format!("list of {}", link(name)),
    }
}

fn answer(hook: Hook) -> &'static str {
    match hook.answer_kind() {
        AnswerKind::Provider => "given by exhook",
        AnswerKind::Notification => "none",
        AnswerKind::Bool => "allow or deny",
        AnswerKind::Message => "a message, or block",
    }
}

fn since(hook: Hook) -> &'static str {
    match (hook, hook.since()) {
        (Hook::MessageIngress, _) => "EMQX 6.3",
        (_, Package::V1) => "EMQX 4.3",
        (_, Package::V2) => "EMQX 5.0",
        (_, Package::V3) => "EMQX 5.9",
    }
}

/// The heading's anchor as GitHub makes it.
fn anchor(heading: &str) -> String {
    heading.replace('.', "")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
