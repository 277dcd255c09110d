//! What is wrong with options is said at the start, with the remedy.

use std::{fs, path::PathBuf};

use exhook::{App, Config, ErrorCode};

use super::{
    authority::Authority,
    client::{Terms, try_call},
    options, start,
};
use crate::captured_logs;

fn refused(config: Config, address: &str) -> String {
    let error = App::with_config(config).start(address);
    let error = error.expect_err("options that mean nothing");
    assert_eq!(error.code(), ErrorCode::InvalidOption, "{error}");
    error.to_string()
}

#[test]
fn each_wrong_option_is_named_with_what_is_wrong_and_what_to_do() {
    let authority = Authority::new();
    let (pair, other) = (authority.server(), authority.server());
    let good = || options(&pair);
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE \
                     KEY-----\n";
    let der = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certificate.der");
    fs::write(&der, &pair.der).expect("a writable directory");
    let der = der.display().to_string();
    let set = |name: &str, value: &str| {
        let mut config = good();
        let value = exhook::ConfigValue::Text(value.to_owned());
        config.set(name, value).expect("an option");
        config
    };
    let alone = |name: &str, value: &str| {
        let mut config = Config::default();
        let value = exhook::ConfigValue::Text(value.to_owned());
        config.set(name, value).expect("an option");
        config
    };
    for (config, parts) in [
        (
            set("tls_key", ""),
            ["tls_cert", "without tls_key", "private key"],
        ),
        (
            set("tls_cert", ""),
            ["tls_key", "without tls_cert", "certificate"],
        ),
        (
            alone("tls_client_ca", "ca.pem"),
            ["tls_client_ca", "TLS is off", "tls_cert"],
        ),
        (
            set("tls_client_names", "a.b"),
            ["tls_client_names", "empty", "authority"],
        ),
        (
            alone("tls_client_fingerprints", &"0".repeat(64)),
            ["tls_client_fingerprints", "empty", "authority"],
        ),
        (
            set("tls_min_version", "1.1"),
            ["tls_min_version", "\"1.1\"", "1.2 or 1.3"],
        ),
        (
            set("tls_cert", "missing.pem"),
            ["tls_cert: missing.pem", "cannot be read", "path"],
        ),
        (
            set("tls_cert", &pair.key),
            ["tls_cert: the text", "no certificate", "but PRIVATE KEY"],
        ),
        (
            set("tls_cert", &der),
            ["certificate.der", "this is DER", "openssl x509"],
        ),
        (
            set("tls_key", &pair.certificate),
            ["tls_key", "no private key", "but CERTIFICATE"],
        ),
        (
            set("tls_key", encrypted),
            ["tls_key", "encrypted", "openssl pkey"],
        ),
        (
            set("tls_key", &other.key),
            ["tls_key", "does not fit", "a hook program"],
        ),
        (
            set("tls_client_ca", &pair.key),
            ["tls_client_ca", "no certificate", "PRIVATE KEY"],
        ),
    ] {
        let error = refused(config, "127.0.0.1:0");
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(
            !error.contains(pair.key.lines().nth(1).expect("a key")),
            "{error}"
        );
    }
    let error = refused(good(), "unix:/tmp/never-bound.sock");
    assert!(
        error.contains("unix:") && error.contains("host:port"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_is_used_with_a_warning() {
    captured_logs::capture();
    let authority = Authority::new();
    let (_server, address) = start(options(&authority.expired()));
    assert_eq!(
        captured_logs::count(&["WARN", "expired", "2021", "renew"]),
        1
    );
    // It is for brokers to refuse it.
    assert!(try_call(&address, &Terms::new(&authority)).await.is_err());
}

#[test]
fn a_key_that_is_text_is_not_shown() {
    let pair = Authority::new().server();
    let secret = pair.key.lines().nth(1).expect("a key");
    let shown = format!("{:?}", options(&pair));
    assert!(!shown.contains(secret));
}
