//! `exhook check`: what is found in hook programs, and in a broker's settings.

#[path = "support/emqx.rs"]
mod emqx;
#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "support/provider.rs"]
mod provider;
#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::net::TcpListener;

use emqx::{KEY, SECRET, StandIn};
use provider::{Provider, answer, hooks, start_provider};
use serde_json::{Value, json};
use support::{Finished, exhook, start_server};

fn check(url: &str, more: &[&str]) -> (Finished, Value) {
    let mut arguments = vec!["check", url, "--json"];
    arguments.extend(more);
    let finished = exhook(arguments);
    let report = serde_json::from_str(&finished.stdout).unwrap_or_default();
    (finished, report)
}

/// `level rule subject` of each finding.
fn findings(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().expect("findings");
    all.iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().expect("a text");
            format!("{} {} {}", text("level"), text("rule"), text("subject"))
        })
        .collect()
}

fn assert_found(report: &Value, expected: &str) {
    let found = findings(report);
    assert!(
        found.iter().any(|finding| finding == expected),
        "{expected} is not among {found:#?}"
    );
}

#[test]
fn a_good_program_has_no_errors_in_any_version() {
    let server = start_server();
    let url = server.address().to_string();
    for version in ["4.3.1", "4.3", "4.4.19", "5.0", "5.8", "5.9", "6.3"] {
        let (finished, report) = check(&url, &["--emqx-version", version]);
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
        "0 errors, 0 warnings",
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
        let (finished, report) = check(&url, &["--timeout-ms", "300"]);
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

fn check_at(url: &str, broker: &StandIn, more: &[&str]) -> Value {
    let mut arguments = vec!["--emqx", broker.url.as_str()];
    arguments.extend(["--api-key", KEY, "--api-secret", SECRET]);
    arguments.extend(more);
    let (finished, report) = check(url, &arguments);
    assert!(
        matches!(finished.code, Some(0 | 1)),
        "nothing was checked: {finished:?}"
    );
    assert!(!finished.stdout.contains(SECRET), "{}", finished.stdout);
    report
}

#[test]
fn a_broker_that_does_not_know_the_program_is_told() {
    let server = start_server();
    let url = server.address().to_string();
    let broker = StandIn::start();
    let report = check_at(&url, &broker, &[]);
    assert_eq!(report["version"], "5.8.9", "that of the broker");
    assert_found(&report, "error server-missing exhook servers");
    let loaded = broker.state().loaded();
    broker.state().servers.push(loaded);
    let report = check_at(&url, &broker, &["--name", "defualt"]);
    assert!(
        report.to_string().contains("did you mean default?"),
        "{report}"
    );
}

#[test]
fn emqx_4_has_no_api_to_read() {
    let server = start_server();
    let broker = StandIn::start();
    broker.answer("/exhooks", 404, json!({"code": "NOT_FOUND"}));
    let mut arguments = vec!["--emqx", broker.url.as_str()];
    arguments.extend(["--api-key", KEY, "--api-secret", SECRET]);
    let (finished, _) = check(&server.address().to_string(), &arguments);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("etc/plugins/emqx_exhook.conf"),
        "{}",
        finished.stderr
    );
}

#[test]
fn what_keeps_a_broker_from_calling_a_hook_is_found() {
    let server = start_server();
    let address = server.address().to_string();
    let broker = StandIn::start();
    let mut ours = broker.state().loaded();
    ours["url"] = json!(format!("http://{address}"));
    ours["pool_size"] = json!(1);
    ours["auto_reconnect"] = json!(false);
    ours["failed_action"] = json!("ignore");
    ours["metrics"]["failed"] = json!(3);
    let mut other = broker.state().loaded();
    other["name"] = json!("other");
    other["hooks"] = json!([{"name": "message.publish", "params": {"topics": []}}]);
    broker.state().servers.extend([other, ours]);
    broker.answer(
        "/authentication",
        200,
        json!([{"id": "password_based:built_in_database", "enable": true}]),
    );
    broker.answer(
        "/listeners/tcp:default",
        200,
        json!({"id": "tcp:default", "enable": true, "enable_authn": false}),
    );
    let report = check_at(&address, &broker, &[]);
    for expected in [
        "error acl-decides-all client.authorize",
        "error hooks-changed client.authorize",
        "error chain-denies server other",
        "error listener-unauthenticated listener tcp:default",
        "warning authenticators client.authenticate",
        "warning failed-action-refuses server default",
        "warning no-reconnect server default",
        "warning small-pool server default",
        "warning failed-calls server default",
        "note behind-others message.publish",
        "note not-called client.authenticate",
        "note authorization-cache client.authorize",
        "note no-match client.authorize",
    ] {
        assert_found(&report, expected);
    }
}

#[test]
fn a_handler_beyond_the_brokers_request_timeout_is_found() {
    let url = start_provider(Provider {
        load: hooks(&[("client.connect", &[])]),
        call: provider::Answer::Silence,
        ..Provider::default()
    });
    let broker = StandIn::start();
    let mut ours = broker.state().loaded();
    ours["url"] = json!(format!("http://{url}"));
    ours["request_timeout"] = json!("50ms");
    broker.state().servers.push(ours);
    let report = check_at(&url, &broker, &["--timeout-ms", "100"]);
    assert_found(&report, "error beyond-request-timeout client.connect");
    broker.state().servers[0]["request_timeout"] = json!("150ms");
    let report = check_at(&url, &broker, &["--timeout-ms", "100"]);
    assert_found(&report, "warning near-request-timeout client.connect");
}

#[test]
fn the_answers_of_another_version_are_read_as_well() {
    let server = start_server();
    let broker = StandIn::start_as("5.9.2");
    let loaded = broker.state().loaded();
    broker.state().servers.push(loaded);
    let report = check_at(
        &server.address().to_string(),
        &broker,
        &["--name", "default"],
    );
    assert_eq!(
        (&report["version"], &report["package"]),
        (&json!("5.9.2"), &json!("v3"))
    );
    assert_found(&report, "error acl-decides-all client.authorize");
    assert_found(&report, "warning duplicate-events node emqx6@127.0.0.1");
    assert!(!report.to_string().contains("unread"), "{report}");
}

#[test]
fn the_state_of_the_entry_is_found() {
    let server = start_server();
    let address = server.address().to_string();
    let broker = StandIn::start();
    let loaded = broker.state().loaded();
    broker.state().servers.push(loaded);
    for (setting, value, expected) in [
        (
            "enable",
            json!(false),
            "error server-disabled server default",
        ),
        (
            "node_status",
            json!([{"node": "n1@a", "status": "connecting"}]),
            "error node-not-connected node n1@a",
        ),
        (
            "url",
            json!("ftp://a:1"),
            "error server-scheme server default",
        ),
        (
            "url",
            json!("https://a:1"),
            "error tls-disabled server default",
        ),
        ("url", json!("http://a:1"), "note server-url server default"),
    ] {
        let before = broker.state().servers[0].clone();
        broker.state().servers[0][setting] = value;
        let report = check_at(&address, &broker, &["--name", "default"]);
        assert_found(&report, expected);
        broker.state().servers[0] = before;
    }
}

#[test]
fn a_cluster_of_several_versions_is_found_and_the_oldest_played() {
    let server = start_server();
    let broker = StandIn::start();
    broker.answer(
        "/nodes",
        200,
        json!([{"node": "a", "version": "6.0.1"}, {"node": "b", "version": "5.8.4"}]),
    );
    let report = check_at(&server.address().to_string(), &broker, &[]);
    assert_eq!(report["version"], "5.8.4");
    assert_found(&report, "note mixed-versions node a");
    assert_found(&report, "warning websocket-skipped node b");
    assert_found(&report, "note duplicate-events node a");
}

#[test]
fn settings_that_the_key_may_not_read_are_told_and_the_rest_is_judged() {
    let server = start_server();
    let broker = StandIn::start();
    broker.answer("/authentication", 403, json!({"code": "UNAUTHORIZED_ROLE"}));
    let report = check_at(&server.address().to_string(), &broker, &[]);
    assert_found(&report, "note unread API");
    assert_found(&report, "error acl-decides-all client.authorize");
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
