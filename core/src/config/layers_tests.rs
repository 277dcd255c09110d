//! Who has the last word, and what is said about what cannot be read.

use std::{fs, path::PathBuf, process};

use super::*;
use crate::error::ErrorCode;

/// A file that is removed at the end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("exhook-{}-{name}.toml", process::id()));
        fs::write(&path, text).expect("a file can be written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn text(text: &str) -> ConfigValue {
    ConfigValue::Text(text.to_owned())
}

fn variable(name: &str, value: &str) -> [(String, String); 1] {
    [(name.to_owned(), value.to_owned())]
}

#[test]
fn each_layer_wins_over_those_below_it() {
    let file = File::new("layers", "\ntimeout_ms = 3\nbind = \"file:1\"\n");
    let mut layers = ConfigLayers::new();
    let found = |layers: &ConfigLayers| {
        let settings = layers.resolve().expect("all values have a meaning");
        let setting = settings.get("timeout_ms").expect("it is an option");
        assert_eq!(
            setting.value,
            ConfigValue::Number(settings.config().timeout_ms)
        );
        (settings.config().timeout_ms, setting.source.to_string())
    };
    assert_eq!(found(&layers), (4_000, "default".to_owned()));
    layers = layers.code("timeout_ms", ConfigValue::Number(2));
    assert_eq!(found(&layers), (2, "code".to_owned()));
    layers = layers.file(file.path());
    assert_eq!(found(&layers), (3, format!("file {}:2", file.path())));
    layers = layers.environment(variable("EXHOOK_TIMEOUT_MS", " 4 "));
    let source = "environment EXHOOK_TIMEOUT_MS".to_owned();
    assert_eq!(found(&layers), (4, source));
    layers = layers.flag("timeout_ms", text("5"));
    assert_eq!(found(&layers), (5, "flag --timeout-ms".to_owned()));

    // Each of them also without those between.
    let code = ConfigLayers::new().code("timeout_ms", ConfigValue::Number(2));
    let flag = code.clone().flag("timeout_ms", ConfigValue::Number(5));
    assert_eq!(found(&flag).0, 5);
    let variable = code.environment(variable("EXHOOK_TIMEOUT_MS", "4"));
    assert_eq!(found(&variable).0, 4);
}

#[test]
fn the_file_is_the_one_that_the_highest_layer_names() {
    let file = |name, bind: &str| File::new(name, &format!("bind = {bind:?}"));
    let (coded, listed, flagged) = (file("code", "c"), file("env", "e"), file("flag", "f"));
    let bind = |layers: &ConfigLayers| {
        let settings = layers.resolve().expect("all values have a meaning");
        settings.bind().to_owned()
    };
    let layers = ConfigLayers::new();
    assert_eq!(bind(&layers), DEFAULT_BIND);
    let layers = layers.file(coded.path());
    assert_eq!(bind(&layers), "c");
    let layers = layers.environment(variable("EXHOOK_CONFIG", listed.path()));
    assert_eq!(bind(&layers), "e");
    let layers = layers.flag("config", text(flagged.path()));
    assert_eq!(bind(&layers), "f");
    let named = format!("# file \"{}\" (flag --config)\n", flagged.path());
    let printed = layers.resolve().expect("it is valid").to_string();
    assert!(printed.starts_with(&named), "{printed}");
}

#[test]
fn a_variable_that_is_empty_is_not_set_and_others_are_left_alone() {
    let settings = ConfigLayers::new()
        .environment(variable("EXHOOK_TIMEOUT_MS", ""))
        .environment(variable("EXHOOK_SOMETHING", "else"))
        .environment(variable("EXHOOK_COMPANION", "Yes"))
        .resolve()
        .expect("all values have a meaning");
    assert_eq!(settings.config().timeout_ms, 4_000);
    assert!(settings.config().companion);
}

#[test]
fn a_program_has_options_of_its_own_in_every_layer() {
    let file = File::new("own", "threads = 7\nlog_level = \"Debug\"");
    let layers = ConfigLayers::new()
        .option(ProgramOption::new("threads", ConfigValue::Number(32)))
        .option(ProgramOption::new("log_level", text("")).one_of(["info", "debug"]))
        .file(file.path());
    let settings = layers.resolve().expect("all values have a meaning");
    let threads = settings.get("threads").expect("it is an option");
    assert_eq!(threads.value, ConfigValue::Number(7));
    let level = settings.get("log_level").expect("it is an option");
    assert_eq!(level.value, text("debug"));
    let refused = layers.flag("log_level", text("debugg")).resolve();
    assert_eq!(
        refused.expect_err("no such level").to_string(),
        "--log-level is \"debugg\"; it is one of info, debug; did you mean debug?"
    );
}

#[test]
fn a_table_is_the_beginning_of_a_name() {
    let file = File::new("tables", "[max]\ninflight = 5\nmessage_bytes = 1_000\n");
    let settings = ConfigLayers::new().file(file.path()).resolve();
    let settings = settings.expect("all values have a meaning");
    assert_eq!(settings.config().max_inflight, 5);
    assert_eq!(settings.config().max_message_bytes, 1_000);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place_and_the_remedy() {
    for (name, written, place, told) in [
        (
            "unknown",
            "bind = 'a'\ntime_out_ms = 5",
            "2:1",
            "there is no option time_out_ms; did you mean timeout_ms?",
        ),
        (
            "kind",
            "timeout_ms = \"soon\"",
            "1:14",
            "timeout_ms is \"soon\"; it takes a whole number from 0",
        ),
        (
            "negative",
            "timeout_ms = -5",
            "1:14",
            "timeout_ms is -5; it takes a whole number from 0",
        ),
        (
            "list",
            "bind = ['a']",
            "1:8",
            "bind is ['a']; it takes a text",
        ),
        (
            "twice",
            "max_inflight = 5\n[max]\ninflight = 5",
            "",
            "max_inflight is set twice; take one of them out",
        ),
        (
            "file",
            "config = 'b'",
            "1:1",
            "a configuration file cannot name another; take config out",
        ),
        (
            "meaning",
            "\n  io_threads = 0",
            "2:16",
            "io_threads is 0; it must be at least 1",
        ),
        ("syntax", "bind = 'a'\nadmin = ", "2:9", ""),
    ] {
        let file = File::new(name, written);
        let error = ConfigLayers::new().file(file.path()).resolve();
        let error = error.expect_err(name);
        assert_eq!(error.code(), ErrorCode::InvalidOption);
        let message = error.to_string();
        let start = format!("{}:{place}", file.path());
        assert!(message.starts_with(&start), "{message}");
        assert!(message.ends_with(told), "{message}");
    }
    let error = ConfigLayers::new()
        .environment(variable("EXHOOK_CONFIG", "no/such.toml"))
        .resolve()
        .expect_err("there is no such file");
    assert_eq!(error.code(), ErrorCode::Io);
    let message = error.to_string();
    let start = "cannot read the configuration file no/such.toml (environment EXHOOK_CONFIG): ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn what_is_wrong_elsewhere_is_told_with_the_name_that_it_has_there() {
    let error = |layers: ConfigLayers| {
        let refused = layers.resolve();
        refused.expect_err("it has no meaning").to_string()
    };
    let layers = ConfigLayers::new;
    assert_eq!(
        error(layers().environment(variable("EXHOOK_TIMEOUT_MS", "soon"))),
        "EXHOOK_TIMEOUT_MS is \"soon\"; it takes a whole number from 0"
    );
    assert_eq!(
        error(layers().environment(variable("EXHOOK_IO_THREADS", "0"))),
        "io_threads is 0; it must be at least 1 (environment EXHOOK_IO_THREADS)"
    );
    assert_eq!(
        error(layers().flag("timeout", text("5"))),
        "there is no option --timeout; did you mean --timeout-ms?"
    );
    assert_eq!(
        error(layers().flag("companion", text("maybe"))),
        "--companion is \"maybe\"; it takes true or false"
    );
    assert_eq!(
        error(layers().code("admin", ConfigValue::Number(9090))),
        "admin is 9090; it takes a text"
    );
}

#[test]
fn what_is_printed_is_a_file_with_sources_and_without_secrets() {
    let pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
    let settings = ConfigLayers::new()
        .code("tls_cert", text(pem))
        .environment(variable("EXHOOK_TLS_KEY", "key.pem"))
        .flag(
            "otlp_endpoint",
            text("http://name:word@collector:4318/v1/a@b"),
        )
        .resolve()
        .expect("all values have a meaning");
    let printed = settings.to_string();
    let has = |name: &str, value: &str, source: &str| {
        let lines = printed.lines();
        let found = lines.filter(|line| line.starts_with(&format!("{name} = {value} ")));
        assert_eq!(found.count(), 1, "{name} in {printed}");
        let found = settings.redacted().find(|(known, ..)| *known == name);
        let (_, shown, from) = found.expect("it is an option");
        assert_eq!((&*shown, &*from), (value, source));
    };
    has("bind", "\"127.0.0.1:9000\"", "default");
    has("tls_cert", "\"(hidden)\"", "code");
    has("tls_key", "\"(hidden)\"", "environment EXHOOK_TLS_KEY");
    has("tls_client_ca", "\"\"", "default");
    let url = "\"http://(hidden)@collector:4318/v1/a@b\"";
    has("otlp_endpoint", url, "flag --otlp-endpoint");
    assert!(!printed.contains("MII") && !printed.contains("word"));

    let file = File::new("printed", &printed);
    let read = ConfigLayers::new().file(file.path()).resolve();
    let read = read.expect("it is a file of options");
    assert_eq!(read.all().len(), settings.all().len());
}

#[test]
fn options_that_a_program_gives_directly_have_sources_too() {
    let config = Config {
        timeout_ms: 5,
        ..Config::default()
    };
    let settings = Settings::from(&config);
    assert_eq!(settings.config(), &config);
    let source = |name| &settings.get(name).expect("it is an option").source;
    assert_eq!(source("timeout_ms"), &ConfigSource::Code);
    assert_eq!(source("admin"), &ConfigSource::Default);
    let layered = ConfigLayers::new().config(&config).resolve();
    assert_eq!(layered.expect("it is valid").config(), &config);
}
