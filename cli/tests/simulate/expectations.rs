//! Runs as tests: what is expected, and what is said where it is not met.

use serde_json::json;

use super::{
    program::start,
    provider::{Answer, Provider, answer, hooks, start_provider},
    runner::{ScenarioFile, hook, report, simulate},
};

const FLEET: &str = r#"
[[clients]]
name = "sensors"
count = 2
clientid = "sensor-{n}"
username = "sensor"
password = "secret"
publish = [{ topic = "secret/{n}", count = 3, every = "0s" }]
"#;

#[test]
fn expectations_that_are_met_change_nothing() {
    let server = start();
    let expect = r#"
[expect]
accepted = 2
refused = 0
published = "> 5"
blocked = "4..6"
received = 0
failed_calls = 0
provider_losses = 0

[expect.groups.sensors]
blocked = "<= 6"

[expect.calls]
"client.connected" = 2
message_publish = ">= 6"
"client.subscribe" = 0
"#;
    let scenario = ScenarioFile::new("met.toml", &format!("{FLEET}{expect}"));
    let finished = simulate(&scenario, &server.address().to_string(), &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stdout.ends_with("all fine\n"), "{finished:?}");
}

#[test]
fn each_expectation_that_is_not_met_is_told_and_fails_the_run() {
    let server = start();
    let address = server.address().to_string();
    let expect = r#"
[expect]
accepted = 3
blocked = 6
failed_calls = ">= 1"
groups.sensors.refused = ">= 1"
calls."client.connected" = "3..5"
"#;
    let scenario = ScenarioFile::new("unmet.toml", &format!("{FLEET}{expect}"));
    let finished = simulate(&scenario, &address, &["--quiet"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for difference in [
        "expected accepted: 3, found 2",
        "expected failed_calls: at least 1, found 0",
        "expected refused of sensors: at least 1, found 0",
        "expected calls of client.connected: 3 to 5, found 2",
    ] {
        assert!(
            finished.stdout.contains(difference),
            "{difference}: {}",
            finished.stdout
        );
    }
    assert!(
        !finished.stdout.contains("expected blocked"),
        "{}",
        finished.stdout
    );
    let report = report(&simulate(&scenario, &address, &["--json"]));
    assert_eq!(report["ok"], false);
    assert_eq!(
        report["differences"][0],
        json!({"what": "failed_calls", "expected": "at least 1", "found": 0})
    );
}

#[test]
fn calls_that_fail_are_the_programs_fault_unless_they_are_expected() {
    let provider = Provider {
        load: hooks(&[("client.connected", &[]), ("client.authorize", &[])]),
        // Neither a notification nor a permission is answered like this.
        call: Answer::Error(13),
        ..Provider::default()
    };
    let address = start_provider(provider);
    let scenario = ScenarioFile::new("fault.toml", FLEET);
    let finished = simulate(&scenario, &address, &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stdout.contains("at fault: calls that failed (4)"),
        "{}",
        finished.stdout
    );
    assert!(
        finished
            .stdout
            .contains("client.connected failed: gRPC error 13"),
        "{}",
        finished.stdout
    );
    let expected = ScenarioFile::new(
        "expected.toml",
        &format!("{FLEET}[expect]\nfailed_calls = 4\n"),
    );
    let finished = simulate(&expected, &address, &["--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report = report(&finished);
    assert_eq!(
        report["totals"]["denied_publishes"], 6,
        "they were denied without an answer"
    );
    assert_eq!(
        hook(&report, "client.authorize")["failed"],
        2,
        "the others are in the cache"
    );
}

#[test]
fn answers_that_the_broker_cannot_use_are_the_programs_fault() {
    let provider = Provider {
        load: hooks(&[("client.authorize", &[])]),
        // CONTINUE without a value.
        call: answer(&[]),
        ..Provider::default()
    };
    let scenario = ScenarioFile::new("unusable.toml", FLEET);
    let finished = simulate(&scenario, &start_provider(provider), &["--json"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report = report(&finished);
    assert_eq!(report["unusable_answers"], 2);
    let answers = &hook(&report, "client.authorize")["unusable_answers"];
    assert_eq!(*answers, json!({"the answer has no value": 2}));
}

#[test]
fn a_program_that_is_not_there_is_told_and_lets_everybody_in() {
    let scenario = ScenarioFile::new("absent.toml", FLEET);
    for version in ["4.4", "5.3", "5.8", "6.2"] {
        let finished = simulate(
            &scenario,
            "127.0.0.1:1",
            &["--emqx-version", version, "--request-timeout", "300ms"],
        );
        assert_eq!(finished.code, Some(1), "{finished:?}");
        for part in [
            "(1)",
            "is connecting",
            "asked",
            "sensor-2         1        0",
        ] {
            assert!(
                finished.stdout.contains(part),
                "{version} {part}: {}",
                finished.stdout
            );
        }
    }
}
