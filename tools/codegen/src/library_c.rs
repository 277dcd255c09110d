//! What the C library has once for each hook and each option: `bindings-c/src/hooks.rs` and
//! `settings.rs`.

use std::{error::Error, fmt::Write as _};

use exhook::{Config, ConfigValue, Hook};

use crate::{
    NOTICE,
    descriptors::Protocol,
    text::{first_sentence, formatted_rust, wrapped},
};

/// A hook's name in C.
pub(crate) fn constant(hook: Hook) -> String {
    format!("EXHOOK_HOOK_{}", hook.snake_name().to_uppercase())
}

/// The formatted `hooks.rs`.
pub(crate) fn hooks(protocol: &Protocol) -> Result<String, Box<dyn Error>> {
    let mut file = format!(
        "// {NOTICE}\n//! The hooks as numbers.\n\nuse exhook_core::Hook;\n\nuse crate::guard::Neutral;\n\n\
         /// A hook of the broker, or one of the two calls about the provider itself. The numbers never\n\
         /// change.\n#[derive(Clone, Copy)]\n#[repr(u32)]\npub enum exhook_hook {{\n"
    );
    for doc in &protocol.hooks {
        let text = format!("`{}`. {}.", doc.hook.name(), first_sentence(&doc.doc).0);
        file += &wrapped("/// ", &text);
        let _ = writeln!(file, "{} = {},", constant(doc.hook), doc.hook as u32);
    }
    file += "}\n\nimpl From<Hook> for exhook_hook {\nfn from(hook: Hook) -> Self {\nmatch hook {\n";
    for hook in Hook::ALL {
        let _ = writeln!(file, "Hook::{hook:?} => exhook_hook::{},", constant(*hook));
    }
    let _ = writeln!(
        file,
        "}}\n}}\n}}\n\nimpl Neutral for exhook_hook {{\nfn neutral() -> Self {{\nexhook_hook::{}\n}}\n}}",
        constant(Hook::ALL[0])
    );
    formatted_rust(&file)
}

/// The formatted `settings.rs`.
pub(crate) fn settings() -> Result<String, Box<dyn Error>> {
    let mut file = format!(
        "// {NOTICE}\n//! One function for each option of a server.\n\nuse exhook_core::ConfigValue;\n\n\
         use crate::{{\nerror::exhook_error,\nguard::guard,\nserver::{{exhook_server, set, set_text}},\nview::exhook_str,\n}};\n"
    );
    for (name, default) in Config::default().options() {
        let (kind, set, value, promise, ownership) = match &default {
            ConfigValue::Number(_) => ("u64", "set", "ConfigValue::Number(value)", "", ""),
            ConfigValue::Switch(_) => ("bool", "set", "ConfigValue::Switch(value)", "", ""),
            ConfigValue::Text(_) => (
                "exhook_str",
                "set_text",
                "value",
                " The text is kept during the call.",
                "the text is copied; ",
            ),
        };
        let meaning = Config::description(name).unwrap_or_default();
        file += "\n";
        file += &wrapped("/// ", &format!("{meaning} The default is {default}."));
        let _ = writeln!(
            file,
            "///\n/// Ownership: {ownership}a returned error is the caller's, to be freed.\n\
             /// Threads: any; not while the server runs.\n\
             /// Valid until: the server is freed.\n\
             #[unsafe(no_mangle)]\n\
             pub unsafe extern \"C\" fn exhook_server_set_{name}(server: *mut exhook_server, value: {kind}) -> *mut exhook_error {{\n\
             // SAFETY: NULL, or a server of the caller's.{promise}\n\
             guard(|| unsafe {{ {set}(server, \"{name}\", {value}) }})\n}}"
        );
    }
    formatted_rust(&file)
}
