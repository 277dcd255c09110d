//! Certificates of `exhook certs`, judged by openssl and by TLS itself.

#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use support::{Finished, exhook};

/// A folder of the test's own, which is not there yet.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("certs-{name}"));
    // Left behind by a run before.
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn certs(folder: &Path, arguments: &[&str]) -> Finished {
    let mut all = vec!["certs", "--out", folder.to_str().expect("a path of ours")];
    all.extend(arguments);
    exhook(all)
}

fn written(finished: &Finished) -> Vec<Value> {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    report["certificates"].as_array().expect("a list").clone()
}

/// What openssl says; `None`, with a notice, where there is none.
#[expect(clippy::print_stderr, reason = "a check that is left out is told")]
fn openssl(folder: &Path, arguments: &[&str]) -> Option<String> {
    match Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            Some(text)
        }
        Err(error) => {
            eprintln!("not checked with openssl, which cannot be run: {error}");
            None
        }
    }
}

#[test]
fn openssl_accepts_the_certificates_for_their_hosts_and_purposes() {
    let folder = folder("openssl");
    let names = [
        "--name",
        "hooks.example.com",
        "--name",
        "10.0.0.5",
        "--name",
        "::1",
    ];
    let report = written(&certs(
        &folder,
        &[&names[..], &["--client", "emqx-1", "--json"]].concat(),
    ));
    let verify = ["verify", "-x509_strict", "-CAfile", "ca.pem"];
    for rest in [
        [
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "hooks.example.com",
            "server.pem",
        ],
        [
            "-purpose",
            "sslserver",
            "-verify_ip",
            "10.0.0.5",
            "server.pem",
        ],
        [
            "-purpose",
            "sslclient",
            "-verify_hostname",
            "emqx-1",
            "client.pem",
        ],
    ] {
        openssl(&folder, &[&verify[..], &rest].concat());
    }
    for (place, file) in ["ca.pem", "server.pem", "client.pem"]
        .into_iter()
        .enumerate()
    {
        let of_file = ["x509", "-noout", "-fingerprint", "-sha256", "-in", file];
        if let Some(printed) = openssl(&folder, &of_file) {
            let sha256 = report[place]["sha256"].as_str().expect("a fingerprint");
            assert!(printed.trim().ends_with(sha256), "{printed}");
        }
    }
    let names = [
        "x509",
        "-noout",
        "-ext",
        "subjectAltName",
        "-in",
        "server.pem",
    ];
    if let Some(printed) = openssl(&folder, &names) {
        for name in ["DNS:hooks.example.com", "10.0.0.5", "0:0:0:0:0:0:0:1"] {
            assert!(printed.contains(name), "{printed}");
        }
    }
    assert_eq!(
        report[1]["names"],
        serde_json::json!(["hooks.example.com", "10.0.0.5", "::1"])
    );
}

#[test]
fn the_names_of_this_machine_are_the_usual_ones() {
    let report = written(&certs(&folder("usual"), &["--json"]));
    let names: Vec<&str> = report[1]["names"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        names.starts_with(&["localhost", "127.0.0.1", "::1"]),
        "{names:?}"
    );
    assert_eq!(report[2]["names"], serde_json::json!(["emqx"]));
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder("keys");
    for arguments in [&["--json"][..], &["--renew", "--json"]] {
        written(&certs(&folder, arguments));
        for file in ["ca.key", "server.key", "client.key"] {
            let metadata = fs::metadata(folder.join(file)).expect(file);
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
        }
    }
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_renewed_or_replaced() {
    let folder = folder("again");
    let clients = ["--client", "a", "--client", "b"];
    let json = ["--json"];
    let first = written(&certs(
        &folder,
        &[&["--name", "hooks"], &clients[..], &json].concat(),
    ));
    assert_eq!(first.len(), 4, "{first:?}");

    let refused = certs(&folder, &[]);
    assert_eq!(refused.code, Some(2));
    for word in ["server.pem", "--renew", "--force", "--out"] {
        assert!(refused.stderr.contains(word), "{}", refused.stderr);
    }

    // The CA and all names stay, keys and certificates do not.
    let renewed = written(&certs(&folder, &["--renew", "--json"]));
    let names = |report: &[Value]| -> Vec<Value> {
        report.iter().map(|one| one["names"].clone()).collect()
    };
    assert_eq!(names(&renewed), names(&first));
    assert_eq!(renewed[0]["sha256"], first[0]["sha256"]);
    assert_eq!(renewed[0]["kept"], true);
    for place in 1..4 {
        assert_ne!(renewed[place]["sha256"], first[place]["sha256"]);
    }
    openssl(
        &folder,
        &[
            "verify",
            "-x509_strict",
            "-CAfile",
            "ca.pem",
            "server.pem",
            "client-b.pem",
        ],
    );

    let forced = written(&certs(&folder, &["--force", "--json"]));
    assert_ne!(forced[0]["sha256"], first[0]["sha256"]);
}

#[test]
fn a_ca_that_cannot_sign_is_told_and_nothing_is_written() {
    let folder = folder("broken");
    assert_eq!(certs(&folder, &["--renew"]).code, Some(2), "there is none");
    assert!(!folder.exists());

    written(&certs(&folder, &["--json"]));
    let key = fs::read(folder.join("ca.key")).expect("a key");
    fs::copy(folder.join("server.key"), folder.join("ca.key")).expect("writable");
    let before = fs::read(folder.join("server.pem")).expect("a certificate");
    let refused = certs(&folder, &["--renew"]);
    assert!(
        refused.stderr.contains("key of another CA"),
        "{}",
        refused.stderr
    );
    fs::remove_file(folder.join("ca.key")).expect("writable");
    let refused = certs(&folder, &["--renew"]);
    assert!(
        refused.stderr.contains("without ca.key"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read(folder.join("server.pem")).expect("it"), before);
    fs::write(folder.join("ca.key"), key).expect("writable");
    written(&certs(&folder, &["--renew", "--json"]));
}

#[test]
fn the_report_tells_what_to_set_in_the_program_and_in_emqx() {
    let folder = folder("told");
    let finished = certs(
        &folder,
        &["--name", "*.example.com", "--name", "hooks.example.com"],
    );
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for line in [
        "EXHOOK_TLS_CERT=",
        "EXHOOK_TLS_KEY=",
        "EXHOOK_TLS_CLIENT_CA=",
        "exhook check https://hooks.example.com:9000 --cacert",
        "url = \"https://hooks.example.com:9000\"",
        "enable = true",
        "cacertfile =",
        "certfile =",
        "keyfile =",
    ] {
        assert!(
            finished.stdout.contains(line),
            "{line}: {}",
            finished.stdout
        );
    }
}

#[test]
fn names_that_no_certificate_can_have_are_refused() {
    for name in ["https://hooks:9000", "a b", "hooks:9000"] {
        let finished = certs(&folder("names"), &["--name", name]);
        assert_eq!(finished.code, Some(2), "{name}");
        assert!(finished.stderr.contains("expected"), "{}", finished.stderr);
    }
}
