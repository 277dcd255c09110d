//! docs/options.md: every option of a server, with its default and its meaning.

use std::fmt::Write as _;

use exhook::{Config, ConfigValue};

use crate::NOTICE;

/// The page.
pub(crate) fn generate() -> String {
    let mut page = format!(
        "<!-- {NOTICE} -->\n\
         # Options of a server\n\n\
         The same names in every language, in a file, as variables and as flags: `timeout_ms` is\n\
         `timeoutMs` in JavaScript, `exhook_server_set_timeout_ms` in C, `EXHOOK_TIMEOUT_MS` in the\n\
         environment, `--timeout-ms` of `exhook run`; see [operations.md](operations.md#configuration).\n\
         Times are milliseconds, sizes are bytes.\n\n\
         | option | default | meaning |\n|---|---|---|\n"
    );
    for (name, value) in Config::default().options() {
        let default = match value {
            ConfigValue::Number(number) => number.to_string(),
            ConfigValue::Switch(on) => if on { "on" } else { "off" }.to_owned(),
            ConfigValue::Text(text) if text.is_empty() => "none".to_owned(),
            ConfigValue::Text(text) => format!("`{text}`"),
        };
        let meaning = Config::description(name).unwrap_or_default();
        // Writing into a String cannot fail.
        let _ = writeln!(page, "| `{name}` | {default} | {meaning} |");
    }
    page
}
