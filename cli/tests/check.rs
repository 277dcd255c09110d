//! `exhook check`: what is found in hook programs.

#[path = "support/findings.rs"]
mod findings;
#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "support/provider.rs"]
mod provider;
#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::net::TcpListener;

use findings::{assert_found, check};
use provider::{Provider, answer, hooks, start_provider};
use serde_json::json;
use support::{exhook, start_server};

#[test]
fn a_good_program_has_no_errors_in_any_version() {
    let server = start_server();
    let url = server.address().to_string();
    for version in ["4.3.1", "4.3", "4.4.19", "5.0", "5.8", "5.9", "6.3"] {
        let (mut finished, mut report) = check(&url, &["--emqx-version", version]);
        // What a machine that stands still makes slow is warned about, and is no fault.
        for _ in 0..5 {
            if report["warnings"] != 0 {
                (finished, report) = check(&url, &["--emqx-version", version]);
            }
        }
        assert_eq!(finished.code, Some(0), "{version}: {finished:?}");
        assert_eq!(report["errors"], 0);
        assert_eq!(report["warnings"], 0, "{version}: {finished:?}");
        let versions = report["versions"].as_array().expect("versions");
        assert!(versions.len() >= 8, "{report}");
        for version in versions {
            assert!(version["problem"].is_null(), "{version}");
        }
    }
    let text = exhook(["check", &url]);
    assert_eq!(text.code, Some(0));
    for part in [
        "as EMQX 6.2.2 (package v3) sees it",
        "client.authenticate",
        "EMQX 4.3.22  loads 19 hooks",
        "EMQX 6.3.0   loads 20 hooks",
        "0 errors, ",
        "note: message.publish: answered with another message",
    ] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    assert!(!text.stdout.contains('\u{1b}'), "{}", text.stdout);
}

#[test]
fn no_opinion_of_a_client_is_an_error_before_5_9_only() {
    let url = start_provider(Provider {
        load: hooks(&[("client.authenticate", &[])]),
        call: answer(&[8, 1]),
        ..Provider::default()
    });
    let (finished, report) = check(&url, &["--emqx-version", "5.8"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_found(&report, "error authenticate-ignored client.authenticate");
    let (finished, report) = check(&url, &["--emqx-version", "5.9"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_found(&report, "note authenticate-ignored client.authenticate");
    let concerned: Vec<&str> = report["versions"]
        .as_array()
        .expect("versions")
        .iter()
        .filter(|version| version["findings"] == json!(["authenticate-ignored"]))
        .filter_map(|version| version["version"].as_str())
        .collect();
    assert_eq!(concerned, ["5.0.26", "5.3.2", "5.8.9"]);
}

#[test]
fn hooks_that_a_version_does_not_know_fail_the_load() {
    let load = hooks(&[("message.ingress", &[]), ("client.authorise", &[])]);
    let url = start_provider(Provider {
        load,
        ..Provider::default()
    });
    let (finished, report) = check(&url, &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_found(&report, "error unknown-hook provider.loaded");
    assert!(
        finished.stdout.contains("it came with 6.3"),
        "{}",
        finished.stdout
    );
    assert!(
        finished.stdout.contains("did you mean client.authorize?"),
        "{}",
        finished.stdout
    );
    let url = start_provider(Provider {
        load: hooks(&[("client.authorize", &[])]),
        call: answer(&[8, 2, 24, 1]),
        ..Provider::default()
    });
    let (finished, _) = check(&url, &["--package", "v1"]);
    assert!(
        finished.stdout.contains("there it is client.check_acl"),
        "{}",
        finished.stdout
    );
}

#[test]
fn a_package_that_is_not_served_fails_the_load() {
    for (status, rule) in [(12, "package-missing"), (13, "load-failed")] {
        let url = start_provider(Provider {
            load: provider::Answer::Error(status),
            ..Provider::default()
        });
        let (finished, report) = check(&url, &[]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert_found(&report, &format!("error {rule} provider.loaded"));
        assert_found(&report, "note trailers-only provider.loaded");
    }
}

#[test]
fn what_is_wrong_with_hooks_and_topics_is_found() {
    let load = hooks(&[
        ("client.connected", &["a/#"]),
        ("client.connected", &[]),
        ("message.publish", &["a/#/b", "$SYS/brokers"]),
    ]);
    let url = start_provider(Provider {
        load,
        max_concurrent_streams: Some(50),
        ..Provider::default()
    });
    let (_, report) = check(&url, &[]);
    for expected in [
        "warning hook-twice client.connected",
        "note topics-ignored client.connected",
        "warning bad-topic-filter message.publish",
        "warning system-topics message.publish",
        "note filtered-valued-hook message.publish",
        "warning few-streams connection",
        "warning empty-verdict message.publish",
    ] {
        assert_found(&report, expected);
    }
    let url = start_provider(Provider::default());
    let (finished, report) = check(&url, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_found(&report, "warning no-hooks provider.loaded");
}

#[test]
fn verdicts_that_a_broker_cannot_use_are_found() {
    let load = hooks(&[("client.authorize", &[]), ("message.publish", &[])]);
    let cases: [(&[u8], &[&str]); 6] = [
        // STOP_AND_RETURN with a bool.
        (&[8, 2, 24, 1], &["error wrong-value message.publish"]),
        // STOP_AND_RETURN with an empty message.
        (
            &[8, 2, 34, 0],
            &[
                "error wrong-value client.authorize",
                "error publish-without-topic message.publish",
                "warning publish-qos-lost message.publish",
                "warning publish-payload-lost message.publish",
            ],
        ),
        // A message with QoS 3 and the topic "+".
        (
            &[8, 2, 34, 5, 24, 3, 42, 1, b'+'],
            &[
                "error publish-qos message.publish",
                "error publish-to-filter message.publish",
            ],
        ),
        (&[8, 7], &["error unknown-verdict client.authorize"]),
        // CONTINUE false.
        (&[24, 0], &["note continued client.authorize"]),
        (&[255], &["error broken-message client.authorize"]),
    ];
    for (verdict, expected) in cases {
        let url = start_provider(Provider {
            load: load.clone(),
            call: answer(verdict),
            ..Provider::default()
        });
        let (_, report) = check(&url, &[]);
        for expected in expected {
            assert_found(&report, expected);
        }
    }
}

#[test]
fn answers_that_come_in_the_wrong_way_are_found() {
    let load = hooks(&[("client.connect", &[])]);
    let cases = [
        (
            provider::Answer::Error(13),
            "error grpc-error client.connect",
        ),
        (
            provider::Answer::Compressed,
            "error compressed client.connect",
        ),
        (
            provider::Answer::NotFound,
            "error http-error client.connect",
        ),
        (provider::Answer::Reset, "error reset client.connect"),
        (provider::Answer::Silence, "error timeout client.connect"),
        (
            provider::Answer::Frames(Vec::new()),
            "error no-message client.connect",
        ),
    ];
    for (call, expected) in cases {
        let url = start_provider(Provider {
            load: load.clone(),
            call,
            ..Provider::default()
        });
        let (finished, report) = check(&url, &["--timeout-ms", "2000"]);
        assert_eq!(finished.code, Some(1), "{expected}: {finished:?}");
        assert_found(&report, expected);
    }
    let url = start_provider(Provider {
        load,
        call: provider::Answer::Error(13),
        ..Provider::default()
    });
    let (_, report) = check(&url, &["--emqx-version", "4.4"]);
    assert_found(&report, "error trailers-only client.connect");
}

#[test]
fn nobody_listening_and_wrong_usage_are_told_with_the_remedy() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = listener.local_addr().expect("bound").to_string();
    drop(listener);
    for (more, expected) in [
        (&[][..], "start the hook program there first"),
        (&["--emqx-version", "3.0"], "4.3 or newer"),
        (
            &["--emqx-version", "5.8", "--package", "v3"],
            "does not speak v3",
        ),
        (&["--name", "hooks"], "--emqx"),
    ] {
        let (finished, _) = check(&url, more);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains(expected),
            "{expected}: {}",
            finished.stderr
        );
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_check_in_order() {
    use std::{
        io::Read,
        process::{Command, Stdio},
    };

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = listener.local_addr().expect("bound").to_string();
    let child = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args(["check", &url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let (mut stream, _) = listener.accept().expect("a connection");
    // With the first bytes it is under way, and minds signals.
    stream.read_exact(&mut [0; 24]).expect("HTTP/2's preface");
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{output:?}");
}
