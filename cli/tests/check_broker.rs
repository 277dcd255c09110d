//! `exhook check --emqx`: what is found in a broker's settings.

#[path = "support/emqx.rs"]
mod emqx;
#[path = "support/findings.rs"]
mod findings;
#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "support/provider.rs"]
mod provider;
#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use emqx::{KEY, SECRET, StandIn};
use findings::{assert_found, check};
use provider::{Provider, hooks, start_provider};
use serde_json::{Value, json};
use support::start_server;

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
    broker.state().servers[0]["request_timeout"] = json!("3s");
    let report = check_at(&url, &broker, &["--timeout-ms", "1500"]);
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
