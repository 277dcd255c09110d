//! `_native.pyi`: the types of the native module.

use std::fmt::Write as _;

use crate::{
    NOTICE,
    descriptors::{Message, Protocol},
    text::docstring,
};

/// What is not generated, with a line for what is.
const TEMPLATE: &str = include_str!("../templates/native.pyi");
/// The line of the template that the generated classes replace.
const PLACE: &str = "# (generated classes)\n";
/// The methods that classes have besides their fields.
const MESSAGE_METHODS: &str = include_str!("../templates/message_methods.pyi");
const PROPERTY_METHODS: &str = "    def __iter__(self) -> Iterator[str]: ...\n";

/// The stub.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let mut classes = String::new();
    for part in &protocol.parts {
        class(&mut classes, part, "");
        classes += match &*part.name {
            "Message" => MESSAGE_METHODS,
            "Property" => PROPERTY_METHODS,
            _ => "",
        };
        classes += "    def __eq__(self, other: object, /) -> bool: ...\n";
        classes += if part.name == "Message" {
            "    __hash__: ClassVar[None]  # type: ignore[assignment]\n\n"
        } else {
            "    def __hash__(self) -> int: ...\n\n"
        };
    }
    for hook in &protocol.hooks {
        class(&mut classes, &hook.request, "(Request)");
        classes.push('\n');
    }
    let classes = classes.trim_end().to_owned() + "\n";
    format!("# {NOTICE}\n{}", TEMPLATE.replace(PLACE, &classes))
}

fn class(stub: &mut String, message: &Message, base: &str) {
    let _ = writeln!(stub, "@final\nclass {}{base}:", message.name);
    *stub += &docstring("    ", &message.doc);
    stub.push('\n');
    let names: Vec<_> = message
        .fields
        .iter()
        .map(|field| format!("\"{}\"", field.python_name()))
        .collect();
    let trailing = if names.len() == 1 { "," } else { "" };
    let line = format!("    __match_args__ = ({}{trailing})\n", names.join(", "));
    if line.len() <= 101 {
        *stub += &line;
    } else {
        let _ = writeln!(
            stub,
            "    __match_args__ = (\n        {},\n    )",
            names.join(",\n        ")
        );
    }
    for field in &message.fields {
        let _ = writeln!(
            stub,
            "    @property\n    def {}(self) -> {}:",
            field.python_name(),
            field.python_type()
        );
        *stub += &docstring("        ", &field.doc);
    }
}
