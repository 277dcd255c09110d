//! The headers of the C libraries, and the lists of what they export; `bindings-c/include/exhook.h`.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use cbindgen::{Builder, Config, DocumentationStyle, EnumConfig, ExportConfig, Language, Style};
use quote::ToTokens as _;

use crate::NOTICE;

/// A library, as its header is made.
pub(crate) struct Library {
    /// Its folder of source files, from the root of the repository.
    pub(crate) folder: &'static str,
    /// The files that declare something, in the order in which the header has it.
    pub(crate) sources: &'static [&'static str],
    /// Numbers that come from C, and the types that programs give there.
    pub(crate) numbers: &'static [(&'static str, &'static str)],
    /// What keeps the header from being read twice.
    pub(crate) include_guard: &'static str,
    /// What a reader of the header has to know first.
    pub(crate) overview: &'static str,
    /// The headers that it needs.
    pub(crate) includes: &'static [&'static str],
    /// What cannot be declared in Rust.
    pub(crate) macros: Option<&'static str>,
}

/// `libexhook`.
pub(crate) const EXHOOK: Library = Library {
    folder: "bindings-c/src",
    sources: &[
        "abi", "version", "view", "text", "code", "error", "hooks", "hook", "user", "callback",
        "server", "config", "settings", "options", "call", "reply", "message", "requests", "log",
        "metrics",
    ],
    numbers: &[
        ("CodeNumber", "exhook_code"),
        ("HookNumber", "exhook_hook"),
        ("FallbackNumber", "exhook_fallback"),
        ("AckNumber", "exhook_ack"),
        ("LogLevelNumber", "exhook_log_level"),
    ],
    include_guard: "EXHOOK_H",
    overview: OVERVIEW,
    includes: &["stdbool.h", "stddef.h", "stdint.h"],
    macros: Some(MACROS),
};

const OVERVIEW: &str = r#"/** @file
 * Extend the EMQX MQTT broker in C: callbacks for its exhook hooks, without gRPC code.
 *
 * @code
 * static void authenticate(exhook_call *call, void *user) {
 *   exhook_str name = exhook_call_clientinfo_username(call);
 *   exhook_reply_bool(call, exhook_str_eq(name, EXHOOK_STR("alice")));
 * }
 *
 * int main(void) {
 *   exhook_server *server = exhook_server_new();
 *   exhook_error *error =
 *       exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL);
 *   if (!error) error = exhook_server_listen(server, EXHOOK_STR("0.0.0.0:9000"));
 *   if (error) fprintf(stderr, "%s\n", exhook_error_text(error));
 *   exhook_error_free(error);
 *   exhook_server_free(server);
 * }
 * @endcode
 *
 * What can fail at the start returns an error to be freed, or NULL; what is done with a call or a
 * message returns a number, which is `EXHOOK_OK` where all is well. NULL is tolerated everywhere:
 * it gives `EXHOOK_ERR_NULL`, or an empty value and a line in the log. Each function says who owns
 * what, on which threads it may be called, and until when a view that it returns is valid. */"#;

const MACROS: &str = r#"
/** The version of the library that this header belongs to. */
#define EXHOOK_VERSION "{version}"

#ifdef __cplusplus
/** The view of a string literal. */
#define EXHOOK_STR(literal) (exhook_str{literal "", sizeof(literal) - 1})
/** The bytes of a string literal. */
#define EXHOOK_BYTES(literal) (exhook_bytes_of(literal "", sizeof(literal) - 1))
#else
/** The view of a string literal. */
#define EXHOOK_STR(literal) ((exhook_str){literal "", sizeof(literal) - 1})
/** The bytes of a string literal. */
#define EXHOOK_BYTES(literal) ((exhook_bytes){(const uint8_t *)(literal ""), sizeof(literal) - 1})
#endif

/** What prints a view: printf("name " EXHOOK_STR_FORMAT "\n", EXHOOK_STR_ARG(name)). */
#define EXHOOK_STR_FORMAT "%.*s"
/** The arguments that EXHOOK_STR_FORMAT takes for a view. */
#define EXHOOK_STR_ARG(str) (int)(str).len, (str).data
"#;

impl Library {
    fn paths(&self, root: &Path) -> impl Iterator<Item = PathBuf> {
        let folder = root.join(self.folder);
        let sources = self.sources.iter();
        sources.map(move |source| folder.join(format!("{source}.rs")))
    }
}

/// The header of a library of this repository.
pub(crate) fn header(root: &Path, library: &Library) -> Result<String, Box<dyn Error>> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut config = Config {
        language: Language::C,
        style: Style::Type,
        documentation_style: DocumentationStyle::Doxy,
        cpp_compat: true,
        include_guard: Some(library.include_guard.to_owned()),
        header: Some(format!("/* {NOTICE} */\n\n{}", library.overview)),
        no_includes: true,
        sys_includes: owned(library.includes),
        after_includes: library
            .macros
            .map(|macros| macros.replace("{version}", env!("CARGO_PKG_VERSION"))),
        usize_is_size_t: true,
        tab_width: 2,
        line_length: 100,
        export: ExportConfig {
            include: library
                .numbers
                .iter()
                .map(|(_, name)| (*name).to_owned())
                .collect(),
            exclude: library
                .numbers
                .iter()
                .map(|(number, _)| (*number).to_owned())
                .collect(),
            ..ExportConfig::default()
        },
        enumeration: EnumConfig::default(),
        ..Config::default()
    };
    for (number, name) in library.numbers {
        config
            .export
            .rename
            .insert((*number).to_owned(), (*name).to_owned());
    }
    let mut builder = Builder::new().with_config(config);
    for path in library.paths(root) {
        builder = builder.with_src(path);
    }
    let mut header = Vec::new();
    builder.generate()?.write(&mut header);
    Ok(tagged(&String::from_utf8(header)?))
}

/// Gives structures a tag, so that programs can declare them without the header.
fn tagged(header: &str) -> String {
    const WITHOUT: &str = "typedef struct {";
    let Some((before, structures)) = header.split_once(WITHOUT) else {
        return header.to_owned();
    };
    let structures = structures.split(WITHOUT).map(|structure| {
        let end = structure.split_once("\n} ").map_or("", |(_, end)| end);
        let name = end.split(';').next().unwrap_or_default();
        format!("typedef struct {name} {{{structure}")
    });
    before.to_owned() + &structures.collect::<String>()
}

/// The names of the exported functions, one a line.
///
/// # Errors
///
/// Where a function does not say who owns what, on which threads it may be called or how long what
/// it returns is valid, or does not catch panics.
pub(crate) fn symbols(root: &Path, library: &Library) -> Result<String, Box<dyn Error>> {
    let mut names = Vec::new();
    for path in library.paths(root) {
        names.extend(exported(&fs::read_to_string(&path)?)?);
    }
    names.sort_unstable();
    Ok(names.join("\n") + "\n")
}

/// What the documentation of each exported function ends with, in this order.
const PROMISES: [&str; 3] = ["Ownership:", "Threads:", "Valid until:"];

fn exported(source: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for item in syn::parse_file(source)?.items {
        let syn::Item::Fn(function) = item else {
            continue;
        };
        let attributes: Vec<_> = function
            .attrs
            .iter()
            .map(|attribute| attribute.to_token_stream().to_string())
            .collect();
        if !attributes
            .iter()
            .any(|attribute| attribute.contains("no_mangle"))
        {
            continue;
        }
        let name = function.sig.ident.to_string();
        let docs = attributes
            .iter()
            .filter_map(|attribute| attribute.strip_prefix("# [doc = \""));
        let mut missing = PROMISES.iter().peekable();
        for line in docs {
            if missing
                .peek()
                .is_some_and(|promise| line.trim_start().starts_with(*promise))
            {
                missing.next();
            }
        }
        if let Some(promise) = missing.next() {
            return Err(format!(
                "the documentation of {name} lacks the line `{promise}`; it ends with {}",
                PROMISES.join(", ")
            )
            .into());
        }
        if !function
            .block
            .to_token_stream()
            .to_string()
            .contains("guard (")
        {
            return Err(format!("{name} does not catch panics; run its body in guard()").into());
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "/// Does something.\n///\n/// Ownership: none.\n/// Threads: any.\n\
                            /// Valid until: always.\n#[unsafe(no_mangle)]\n\
                            pub extern \"C\" fn exhook_something() { guard(|| ()) }\n";

    #[test]
    fn a_function_is_exported_that_says_what_it_promises_and_catches_panics() {
        assert_eq!(exported(FUNCTION).expect("it does"), ["exhook_something"]);
        assert!(
            exported("fn not_exported() {}")
                .expect("nothing to refuse")
                .is_empty()
        );
    }

    #[test]
    fn a_function_that_does_not_say_what_it_promises_is_refused_by_name() {
        for promise in PROMISES {
            let source: Vec<_> = FUNCTION
                .lines()
                .filter(|line| !line.contains(promise))
                .collect();
            let error = exported(&source.join("\n")).expect_err("a line is missing");
            assert!(error.to_string().contains("exhook_something"), "{error}");
            assert!(error.to_string().contains(promise), "{error}");
        }
    }

    #[test]
    fn a_function_that_does_not_catch_panics_is_refused() {
        let error = exported(&FUNCTION.replace("guard(|| ())", "")).expect_err("no guard");
        assert!(error.to_string().contains("guard()"), "{error}");
    }
}
