//! The methods of the C++ class `App` that are the same for each hook, and for each option of the
//! server.

use std::fmt::Write as _;

use exhook::{AnswerKind, Config, ConfigValue, Hook};

use super::header;
use crate::{
    descriptors::{HookDoc, Protocol},
    text::wrapped,
};

/// `hooks.hpp`, the methods that register handlers.
pub(crate) fn hooks(protocol: &Protocol) -> String {
    let methods: String = protocol.hooks.iter().map(registration).collect();
    header(
        "hooks",
        "The methods that register handlers.",
        &["utility"],
        &["handler", "options", "requests"],
        &format!(
            "/// The methods of App that register handlers, as many for each hook as are wanted: they are\n\
             /// asked in their order until one decides.\ntemplate <class Self>\nclass Hooks {{\n public:\n\
             {methods}{HOOKS_END}"
        ),
    )
}

const HOOKS_END: &str = " protected:
  Hooks() = default;
  ~Hooks() = default;

 private:
  template <class RequestType, class Handler>
  Self &add(const Options &options, Handler &&handler) {
    auto &self = static_cast<Self &>(*this);
    detail::add_handler<RequestType>(self.server(), options, std::forward<Handler>(handler));
    return self;
  }
};
";

fn registration(doc: &HookDoc) -> String {
    let hook = doc.hook;
    let mut methods = wrapped(
        "  /// ",
        &format!(
            "Registers a handler for `{}`.\n\n{}\n\n{}\n\n\
             @param handler is called with a `const exhook::{} &`, by several threads at once\n\n\
             @throws Error where the server runs already",
            hook.name(),
            doc.doc,
            answer(hook),
            doc.request.name
        ),
    );
    methods += &method(doc, "", "Options()");
    methods += &like(doc, "with options that suit the hook");
    methods += &method(doc, "const Options &options, ", "options");
    if hook.has_topics() {
        methods += &like(doc, "for messages whose topic one of these filters covers");
        methods += &method(doc, "const Topics &topics, ", "Options().topics(topics)");
        methods += &like(doc, "for such messages, and with options");
        methods += &method(
            doc,
            "const Topics &topics, const Options &options, ",
            "Options(options).topics(topics)",
        );
    }
    methods
}

fn like(doc: &HookDoc, what: &str) -> String {
    let name = doc.hook.snake_name();
    format!(
        "  /// The same {what}.\n  ///\n  \
         /// @throws Error also where a filter or an option is none that the hook knows\n  \
         /// @see on_{name}(Handler &&)\n"
    )
}

fn method(doc: &HookDoc, parameters: &str, options: &str) -> String {
    let name = doc.hook.snake_name();
    let add = format!("    return add<{}>(", doc.request.name);
    let line = format!("{add}{options}, std::forward<Handler>(handler));");
    let line = if line.len() <= 100 {
        line
    } else {
        let indent = " ".repeat(add.len());
        format!("{add}{options},\n{indent}std::forward<Handler>(handler));")
    };
    format!(
        "  template <class Handler>\n  Self &on_{name}({parameters}Handler &&handler) {{\n{line}\n  }}\n\n"
    )
}

fn answer(hook: Hook) -> &'static str {
    match hook.answer_kind() {
        AnswerKind::Provider => "The handler returns nothing.",
        AnswerKind::Notification => {
            "The handler returns nothing. The broker is answered before the handler runs, or after \
             it with Ack::late."
        }
        AnswerKind::Bool if hook == Hook::MessageIngress => {
            "The handler returns a `bool`, allow(), deny() or ignore() as a Verdict, a \
             `std::optional<bool>`, or nothing for no opinion; or it calls `request.defer()` to \
             answer later."
        }
        AnswerKind::Bool => {
            "The handler returns a `bool`, a Verdict, a `std::optional<bool>`, or nothing for no \
             opinion; or it calls `request.defer()` to answer later. keep_going() is a verdict that \
             may still be changed."
        }
        AnswerKind::Message => {
            "The handler returns replace() with changes, block(), a `std::optional<Replace>`, a \
             PublishAnswer, or nothing to leave the message as it is; or it calls `request.defer()` \
             to answer later."
        }
    }
}

/// `settings.hpp`, one setter for each option of a server.
pub(crate) fn settings() -> String {
    let mut methods = String::new();
    for (name, value) in Config::default().options() {
        let (kind, argument, unless) = match value {
            ConfigValue::Number(_) => (
                "std::uint64_t",
                "value",
                "where the number means nothing, or ",
            ),
            ConfigValue::Switch(_) => ("bool", "value", "where "),
            ConfigValue::Text(_) => (
                "std::string_view",
                "detail::c_text(value)",
                "where the text means nothing, or ",
            ),
        };
        let description = Config::description(name).unwrap_or_default();
        methods += &wrapped(
            "  /// ",
            &format!("{description} Default: {value}.\n\n@throws Error {unless}the server runs"),
        );
        let _ = write!(
            methods,
            "  Self &{name}({kind} value) {{\n    auto &self = static_cast<Self &>(*this);\n    \
             detail::check(exhook_server_set_{name}(self.server(), {argument}));\n    \
             return self;\n  }}\n\n"
        );
    }
    header(
        "settings",
        "The methods that set the options of a server.",
        &["cstdint", "string_view"],
        &["error", "text"],
        &format!(
            "/// The methods of App that set the options of its server, before it starts.\n\
             template <class Self>\nclass Settings {{\n public:\n{methods} protected:\n  \
             Settings() = default;\n  ~Settings() = default;\n}};\n"
        ),
    )
}
