//! What clients experience, and how it is told.

use exhook::Hook;
use serde_json::json;

use super::{
    program::{seen, start},
    runner::{ScenarioFile, client, hook, report, simulate},
    support::exhook,
};

const MIXED: &str = r#"
[[clients]]
clientid = "writer"
username = "writer"
password = "secret"

  [[clients.publish]]
  topic = "secret/a"
  payload = "1"
  count = 1

  [[clients.publish]]
  topic = "old/{clientid}"
  payload = "2"
  qos = 1
  count = 2
  every = "0s"

  [[clients.publish]]
  topic = "admin/a"
  payload = "3"
  count = 1

[[clients]]
name = "readers"
count = 2
clientid = "reader-{n}"
username = "reader"
password = "secret"
subscribe = ["new/#", { filter = "admin/#", qos = 1 }]

[[clients]]
name = "strangers"
clientid = "stranger"
username = "mallory"
password = "guessed"
"#;

#[test]
fn without_a_scenario_clients_connect_publish_and_receive() {
    let server = start();
    let address = server.address().to_string();
    let finished = exhook([
        "simulate",
        "--to",
        &address,
        "--clients",
        "3",
        "--rate",
        "20",
        "--duration",
        "500ms",
        "--username",
        "user-{n}",
        "--password",
        "secret",
        "--json",
    ]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.is_empty(), "{finished:?}");
    let report = report(&finished);
    assert_eq!(
        (&report["ok"], &report["clients"], &report["package"]),
        (&json!(true), &json!(3), &json!("v3"))
    );
    let totals = &report["totals"];
    assert_eq!(
        (&totals["accepted"], &totals["refused"]),
        (&json!(3), &json!(0))
    );
    assert!(totals["published"].as_u64() > Some(0), "{report}");
    assert_eq!(totals["published"], totals["received"], "each gets its own");
    let publish = hook(&report, "message.publish");
    assert_eq!(publish["calls"], seen(&server, Hook::MessagePublish));
    assert_eq!(publish["calls"], totals["published"]);
    assert_eq!(publish["verdicts"]["ignore"], totals["published"]);
    for figure in ["p50", "p99", "max"] {
        assert!(
            publish["wait_ms"][figure].as_f64() > Some(0.0),
            "{figure}: {report}"
        );
    }
    assert_eq!(seen(&server, Hook::ProviderLoaded), 1);
    assert_eq!(seen(&server, Hook::ProviderUnloaded), 1);
}

#[test]
fn each_client_is_told_what_it_experienced() {
    let server = start();
    let address = server.address().to_string();
    let scenario = ScenarioFile::new("mixed.toml", MIXED);
    let finished = simulate(&scenario, &address, &["--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report = report(&finished);
    let writer = client(&report, "writer");
    for (figure, number) in [
        ("accepted", 1),
        ("published", 4),
        ("blocked", 1),
        ("rewritten", 2),
        ("denied_publishes", 1),
        ("received", 0),
    ] {
        assert_eq!(writer[figure], number, "{figure}: {report:#}");
    }
    for reader in ["reader-1", "reader-2"] {
        let reader = client(&report, reader);
        assert_eq!(
            (&reader["subscribed"], &reader["received"]),
            (&json!(1), &json!(2))
        );
        assert_eq!(reader["denied_filters"], json!({"admin/#": 1}));
    }
    let stranger = client(&report, "stranger");
    assert_eq!(
        (&stranger["refused"], &stranger["refusal"]),
        (&json!(1), &json!("not_authorized"))
    );
    assert_eq!(report["rewritten"], json!({"old/writer → new/writer": 2}));
    assert_eq!(
        hook(&report, "message.publish")["verdicts"],
        json!({"block": 1, "replace": 2})
    );
}

#[test]
fn a_table_has_a_row_for_each_of_a_few_clients_and_events_are_told_as_they_happen() {
    let server = start();
    let address = server.address().to_string();
    let scenario = ScenarioFile::new("table.toml", MIXED);
    let finished = simulate(&scenario, &address, &["--verbose", "--emqx-version", "5.8"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for part in [
        "EMQX 5.8.9 (package v2)",
        "4 clients",
        "\nreader-2 ",
        "\nstranger ",
        "refused: not_authorized (once)",
        "subscription denied: admin/# (2 times)",
        "rewritten: old/writer → new/writer (2 times)",
        "block 1 · replace 2",
        "all fine",
    ] {
        assert!(
            finished.stdout.contains(part),
            "{part}: {}",
            finished.stdout
        );
    }
    for event in [
        "stranger  refused: not_authorized",
        "reader-1  subscription to admin/# denied",
        "writer  publish to secret/a blocked",
        "writer  publish to admin/a denied",
        "writer  publish to old/writer rewritten: old/writer → new/writer",
        "provider default on emqx1@127.0.0.1 is connected: 4 hooks",
    ] {
        assert!(
            finished.stderr.contains(event),
            "{event}: {}",
            finished.stderr
        );
    }
    let quiet = simulate(&scenario, &address, &["--quiet"]);
    assert_eq!(
        (quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()),
        (Some(0), "", "")
    );
}

#[test]
fn many_clients_are_put_together_and_those_that_differ_are_named() {
    let server = start();
    let address = server.address().to_string();
    let text = r#"
[[clients]]
name = "devices"
count = 30
clientid = "device-{n}"
username = "user"
password = "secret"

[[clients]]
name = "mixed"
count = 25
clientid = "mixed-{n}"
username = "user"
password = "secret"
subscribe = ["{random:0..0}/{n}"]
publish = [{ topic = "secret/{n}", count = 1 }]

[[clients]]
name = "strangers"
count = 1
username = "mallory"
password = "guessed"
"#;
    let scenario = ScenarioFile::new("many.toml", text);
    let finished = simulate(&scenario, &address, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(
        finished.stdout.contains("\ndevices (30)  "),
        "{}",
        finished.stdout
    );
    assert!(finished.stdout.contains("\nall  "), "{}", finished.stdout);
    assert!(
        !finished.stdout.contains("different in"),
        "{}",
        finished.stdout
    );

    let taken = ScenarioFile::new(
        "taken.toml",
        &format!(
            "{text}\n[[steps]]\nat = \"50ms\"\ndo = \"takeover\"\nclients = \"devices\"\ncount = 2\n"
        ),
    );
    let finished = simulate(&taken, &address, &[]);
    let told = "different in devices: accepted, taken over: device-1, device-2";
    assert!(finished.stdout.contains(told), "{}", finished.stdout);
    assert!(
        finished
            .stdout
            .contains("taken over by a second client (2 times)"),
        "{}",
        finished.stdout
    );
}

#[test]
fn every_generation_of_brokers_can_be_played() {
    let server = start();
    let address = server.address().to_string();
    let scenario = ScenarioFile::new("generation.toml", MIXED);
    for version in ["4.3", "4.4", "5.0", "5.3", "5.8", "5.9", "6.2", "6.3"] {
        let finished = simulate(&scenario, &address, &["--emqx-version", version, "--json"]);
        assert_eq!(finished.code, Some(0), "{version}: {finished:?}");
        let report = report(&finished);
        assert_eq!(client(&report, "stranger")["refused"], 1, "{version}");
        // Messages of 4.3 have no headers, which say that one is blocked.
        let blocked = u64::from(version != "4.3");
        assert_eq!(client(&report, "writer")["blocked"], blocked, "{version}");
    }
    for (package, version) in [("v1", "4.4.19"), ("v2", "5.8.9"), ("v3", "6.2.2")] {
        let finished = simulate(&scenario, &address, &["--package", package, "--json"]);
        assert_eq!(report(&finished)["emqx"], version);
    }
}

#[test]
fn nodes_and_providers_are_told_apart() {
    let (first, second) = (start(), start());
    let text = r#"
[broker]
nodes = 2

[[provider]]
name = "first"

[[provider]]
name = "second"

[[clients]]
count = 2
clientid = "client-{n}"
username = "user"
password = "secret"
node = 2
"#;
    let scenario = ScenarioFile::new("providers.toml", text);
    let (address, second_address) = (first.address().to_string(), second.address().to_string());
    let finished = simulate(&scenario, &address, &["--to", &second_address, "--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for server in [&first, &second] {
        assert_eq!(seen(server, Hook::ProviderLoaded), 2, "one for each node");
        assert_eq!(seen(server, Hook::ClientConnected), 2);
    }
    // The first says yes for good.
    assert_eq!(seen(&second, Hook::ClientAuthenticate), 0);
    let report = report(&finished);
    let timeline = report["timeline"].as_array().expect("a timeline");
    let named: Vec<_> = timeline
        .iter()
        .map(|moment| (moment["node"].as_str(), moment["provider"].as_str()))
        .collect();
    let (one, two) = (Some("emqx1@127.0.0.1"), Some("emqx2@127.0.0.1"));
    assert_eq!(
        named,
        [
            (one, Some("first")),
            (one, Some("second")),
            (two, Some("first")),
            (two, Some("second"))
        ]
    );
}
