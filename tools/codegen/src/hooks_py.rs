//! `_hooks.py`: one typed decorator for each hook.

use std::fmt::Write as _;

use exhook::{AnswerKind, Fallback, Hook};

use crate::{
    NOTICE,
    descriptors::{HookDoc, Protocol},
    text::docstring,
};

/// What is written by hand, with lines for what is generated.
const TEMPLATE: &str = include_str!("../templates/hooks.py");
const PLACE_OF_IMPORTS: &str = "    # (generated imports)\n";
const PLACE_OF_TYPES: &str = "# (generated types)\n";
const PLACE_OF_DECORATORS: &str = "    # (generated decorators)\n";

/// The module.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let mut names: Vec<&str> = vec!["BrokerInfo", "Message", "RequestMeta", "Verdict"];
    names.extend(handled(protocol).map(|doc| &*doc.request.name));
    // As ruff sorts them.
    names.sort_unstable_by_key(|name| name.to_lowercase());
    let imports = names.join(",\n    ");
    let types: String = protocol.hooks.iter().map(handler_type).collect();
    let mut decorators = String::new();
    for doc in &protocol.hooks {
        decorator(&mut decorators, doc);
    }
    let module = TEMPLATE
        .replace(PLACE_OF_IMPORTS, &format!("    {imports},\n"))
        .replace(PLACE_OF_TYPES, &types)
        .replace(PLACE_OF_DECORATORS, &decorators);
    format!("# {NOTICE}\n{}\n", module.trim_end())
}

/// The hooks whose handlers take the request itself.
fn handled(protocol: &Protocol) -> impl Iterator<Item = &HookDoc> {
    protocol.hooks.iter().filter(|doc| doc.hook.is_announced())
}

/// The name of the type variable for the handlers of a hook.
fn type_name(hook: Hook) -> String {
    format!("_{hook:?}")
}

fn handler_type(doc: &HookDoc) -> String {
    let arguments = match doc.hook {
        Hook::ProviderLoaded => "BrokerInfo, RequestMeta | None",
        Hook::ProviderUnloaded => "RequestMeta | None",
        _ => &doc.request.name,
    };
    let result = match doc.hook.answer_kind() {
        AnswerKind::Provider | AnswerKind::Notification => "object",
        AnswerKind::Bool => "AuthAnswer | Awaitable[AuthAnswer]",
        AnswerKind::Message => "PublishAnswer | Awaitable[PublishAnswer]",
    };
    let name = type_name(doc.hook);
    let bound = format!("Callable[[{arguments}], {result}]");
    let line = format!("{name} = TypeVar(\"{name}\", bound=\"{bound}\")\n");
    if line.len() <= 101 {
        return line;
    }
    format!("{name} = TypeVar(\n    \"{name}\",\n    bound=\"{bound}\",\n)\n")
}

/// The options of a hook's decorator: name and type.
fn options(hook: Hook) -> Vec<(&'static str, String)> {
    let timeout = ("timeout_ms", "int | None".to_owned());
    let fallbacks: Vec<_> = Fallback::names_for(hook)
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    match hook.answer_kind() {
        AnswerKind::Provider => vec![],
        AnswerKind::Notification => vec![
            timeout,
            ("ack", "Literal[\"early\", \"late\"] | None".to_owned()),
        ],
        AnswerKind::Bool | AnswerKind::Message => vec![
            timeout,
            (
                "fallback",
                format!("Literal[{}] | None", fallbacks.join(", ")),
            ),
        ],
    }
}

fn decorator(module: &mut String, doc: &HookDoc) {
    let hook = doc.hook;
    let method = format!("on_{}", hook.snake_name());
    let handler = type_name(hook);
    let options = options(hook);
    let given = if hook.has_topics() {
        "*topics: str"
    } else {
        "*"
    };
    let mut parameters = String::new();
    let mut untyped = String::new();
    let mut passed = String::new();
    for (name, kind) in &options {
        let _ = writeln!(parameters, "        {name}: {kind} = None,");
        let _ = writeln!(untyped, "        {name}: Any = None,");
        let _ = write!(passed, ", {name}={name}");
    }
    if hook.is_valued() {
        parameters += "        shadow: bool = False,\n";
        untyped += "        shadow: bool = False,\n";
        passed += ", shadow=shadow";
    }
    let keyword_only = format!("        {given},\n{parameters}        inline: bool = False,\n");
    let _ = write!(
        module,
        "    @overload\n    def {method}(self, handler: {handler}, /) -> {handler}: ...\n\
         \x20   @overload\n    def {method}(\n        self,\n{keyword_only}    ) -> Callable[[{handler}], {handler}]: ...\n\
         \x20   def {method}(\n        self,\n        *given: Any,\n{untyped}        inline: bool = False,\n    ) -> Any:\n"
    );
    *module += &docstring("        ", &documentation(doc));
    let arguments = format!("\"{}\", given{passed}, inline=inline", hook.snake_name());
    *module += &call("        return self._decorate(", &arguments);
    module.push('\n');
}

/// A call as ruff lays it out, in as few lines as fit.
fn call(beginning: &str, arguments: &str) -> String {
    let shapes = [
        format!("{beginning}{arguments})\n"),
        format!("{beginning}\n            {arguments}\n        )\n"),
    ];
    let fits = |shape: &&String| shape.lines().all(|line| line.len() <= 100);
    shapes.iter().find(fits).cloned().unwrap_or_else(|| {
        let arguments = arguments.replace(", ", ",\n            ");
        format!("{beginning}\n            {arguments},\n        )\n")
    })
}

fn documentation(doc: &HookDoc) -> String {
    let hook = doc.hook;
    let answer = match hook.answer_kind() {
        AnswerKind::Provider if hook == Hook::ProviderLoaded => {
            "The handler is called with the broker and, if known, its node. Its result means \
             nothing."
        }
        AnswerKind::Provider => {
            "The handler is called with the broker's node, if known. Its result means nothing."
        }
        AnswerKind::Notification => {
            "The handler's result means nothing. The broker is answered before the handler runs, \
             or after it with `ack=\"late\"`."
        }
        AnswerKind::Bool if hook == Hook::MessageIngress => {
            "Return True or `allow()`, False or `deny()`, or None or `ignore()` for no opinion."
        }
        AnswerKind::Bool => {
            "Return True or `allow()`, False or `deny()`, None or `ignore()` for no opinion, or \
             `keep_going(...)` for a verdict that may still be changed."
        }
        AnswerKind::Message => {
            "Return `req.message.replace(...)` to change the message, `block()` to keep it from \
             its subscribers, or None to leave it as it is."
        }
    };
    let topics = if hook.has_topics() {
        " Topic filters limit the messages; without any, all come."
    } else {
        ""
    };
    format!(
        "Register a handler for `{}`.\n\n{}\n\n{answer}{topics}",
        hook.name(),
        doc.doc
    )
}
