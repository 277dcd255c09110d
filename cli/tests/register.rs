//! `exhook register` and `exhook unregister` against a stand-in for EMQX's management API.

#[path = "support/emqx.rs"]
mod emqx;
#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::{net::TcpListener, process::Command};

use emqx::{KEY, SECRET, StandIn};
use serde_json::{Value, json};
use support::{Finished, exhook};

const URL: &str = "http://10.0.0.5:9000";

fn run(command: &str, emqx: &str, more: &[&str]) -> Finished {
    let mut arguments = vec![command, "--emqx", emqx, "--name", "hooks"];
    arguments.extend(["--api-key", KEY, "--api-secret", SECRET]);
    arguments.extend(more);
    let finished = exhook(arguments);
    for output in [&finished.stdout, &finished.stderr] {
        assert!(!output.contains(SECRET), "{output}");
    }
    finished
}

#[test]
fn a_server_is_created_once_and_awaited() {
    let broker = StandIn::start();
    broker.state().connecting = 3;
    let finished = run("register", &broker.url, &["--url", URL, "--pool-size", "4"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(
        finished.stdout.starts_with("created hooks"),
        "{}",
        finished.stdout
    );
    assert!(
        finished
            .stdout
            .contains("1 of 1 nodes have loaded it, with message.publish, client.authenticate"),
        "{}",
        finished.stdout
    );
    let expected = json!({"name": "hooks", "url": URL, "enable": true, "pool_size": 4});
    assert_eq!(broker.state().changes[0].2, expected);

    let again = run("register", &broker.url, &["--url", URL]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(
        again.stdout.starts_with("unchanged hooks"),
        "{}",
        again.stdout
    );
    assert_eq!(broker.state().changes.len(), 1, "nothing to change");
}

#[test]
fn an_update_keeps_the_settings_that_are_not_given() {
    let broker = StandIn::start();
    run(
        "register",
        &broker.url,
        &["--url", URL, "--failed-action", "ignore"],
    );
    let more = ["--url", URL, "--request-timeout", "2s", "--json"];
    let finished = run("register", &broker.url, &more);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let told: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(told["done"], "updated");
    assert_eq!(told["nodes"][0]["status"], "connected");
    let state = broker.state();
    let (method, path, body) = &state.changes[1];
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("PUT", "/api/v5/exhooks/hooks")
    );
    assert_eq!(body["failed_action"], "ignore");
    assert_eq!(body["request_timeout"], "2s");
    assert_eq!(body["auto_reconnect"], "60s");
    assert!(
        body.get("node_status").is_none(),
        "state is no setting: {body}"
    );
}

#[test]
fn a_reload_is_asked_for_even_if_nothing_is_different() {
    let broker = StandIn::start();
    run("register", &broker.url, &["--url", URL]);
    let finished = run("register", &broker.url, &["--url", URL, "--reload"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(broker.state().changes[1].0, "PUT");
}

#[test]
fn a_node_that_does_not_connect_is_named() {
    let broker = StandIn::start();
    broker.state().connecting = usize::MAX;
    let finished = run("register", &broker.url, &["--url", URL, "--wait", "0"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("emqx6@127.0.0.1 is connecting"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_server_is_disabled_or_removed_once() {
    let broker = StandIn::start();
    run("register", &broker.url, &["--url", URL]);
    for (more, told) in [
        (&["--disable"][..], "disabled hooks"),
        (&["--disable"], "unchanged, disabled is hooks"),
        (&[], "removed hooks"),
        (&[], "nothing to do, there is no hooks"),
    ] {
        let finished = run("unregister", &broker.url, more);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(finished.stdout, format!("{told}\n"));
    }
    let methods: Vec<String> = broker
        .state()
        .changes
        .iter()
        .map(|change| change.0.clone())
        .collect();
    assert_eq!(methods, ["POST", "PUT", "DELETE"]);
    let back = run("register", &broker.url, &["--url", URL]);
    assert!(back.stdout.starts_with("created"), "{}", back.stdout);
}

#[test]
fn a_wrong_key_is_told_without_showing_it() {
    let broker = StandIn::start();
    let arguments = ["--name", "hooks", "--url", URL, "--emqx", &broker.url];
    let output = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .arg("register")
        .args(arguments)
        .env("EXHOOK_EMQX_API_KEY", "some-key")
        .env("EXHOOK_EMQX_API_SECRET", "wrong-secret")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(
        told.contains("401 (BAD_API_KEY_OR_SECRET") && told.contains("make an API key"),
        "{told}"
    );
    assert!(
        !told.contains("wrong-secret") && !told.contains("some-key"),
        "{told}"
    );
    let help = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args(["register", "--help"])
        .env("EXHOOK_EMQX_API_SECRET", "wrong-secret")
        .output()
        .expect("the binary runs");
    let help = String::from_utf8(help.stdout).expect("text");
    assert!(
        help.contains("Examples:") && !help.contains("wrong-secret"),
        "{help}"
    );
}

#[test]
fn what_emqx_refuses_is_told_in_its_words_without_the_secret() {
    let broker = StandIn::start();
    let message = format!("bad_server_url near {SECRET}");
    broker.answer(
        "/exhooks/hooks",
        400,
        json!({"code": "BAD_REQUEST", "message": message}),
    );
    let finished = run("register", &broker.url, &["--url", URL]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished
            .stderr
            .contains("400 (BAD_REQUEST: bad_server_url near <redacted>)"),
        "{}",
        finished.stderr
    );
}

#[test]
fn emqx_4_is_told_what_to_put_into_its_configuration() {
    let broker = StandIn::start();
    broker.answer("/exhooks", 404, json!({"code": "NOT_FOUND"}));
    for (command, more) in [("register", &["--url", URL][..]), ("unregister", &[])] {
        let finished = run(command, &broker.url, more);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains("etc/plugins/emqx_exhook.conf"),
            "{}",
            finished.stderr
        );
    }
}

#[test]
fn an_api_that_does_not_answer_is_told_with_the_remedy() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = format!("http://{}", listener.local_addr().expect("bound"));
    let more = ["--url", URL, "--emqx-timeout-ms", "50"];
    let finished = run("register", &silent, &more);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("--emqx-timeout-ms"),
        "{}",
        finished.stderr
    );
    drop(listener);
    let finished = run("register", &silent, &more);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(finished.stderr.contains("18083"), "{}", finished.stderr);
}

#[test]
fn wrong_usage_is_told_with_what_is_expected() {
    let emqx = "http://127.0.0.1:1";
    for (more, expected) in [
        (&["--url", "10.0.0.5:9000"][..], "http://host:port"),
        (&["--url", "http://10.0.0.5"], "needs the port"),
        (
            &["--url", URL, "--request-timeout", "five"],
            "such as 5s, 500ms",
        ),
        (
            &["--url", URL, "--failed-action", "allow"],
            "[possible values: deny, ignore]",
        ),
    ] {
        let finished = run("register", emqx, more);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains(expected),
            "{expected}: {}",
            finished.stderr
        );
    }
    let finished = exhook(["unregister", "--name", "hooks", "--emqx", emqx]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("EXHOOK_EMQX_API_KEY"),
        "{}",
        finished.stderr
    );
}
