//! One scenario in every format.

use std::fs;

use serde_json::Value;

use super::{
    program,
    runner::{ScenarioFile, report, simulate},
    support::exhook,
};

const TOML: &str = r#"
seed = 42

[broker]
version = "5.8"
request_timeout = "2s"

[[clients]]
name = "sensors"
count = 4
clientid = "sensor-{n}-{random:1..1000}"
username = "{clientid}"
password = "secret"
subscribe = [{ filter = "sensors/{n}", qos = 1, no_local = false }, "news"]

  [[clients.publish]]
  topic = "sensors/{n}"
  payload = '{"seq":{seq},"value":{random:1..1000000}}'
  qos = 1
  every = "1ms"
  count = 5

[expect]
published = 20
"#;

const YAML: &str = r#"
seed: 42
broker:
  version: 5.8
  request_timeout: 2s
clients:
  - name: sensors
    count: 4
    clientid: "sensor-{n}-{random:1..1000}"
    username: "{clientid}"
    password: secret
    subscribe:
      - {filter: "sensors/{n}", qos: 1, no_local: false}
      - news
    publish:
      - topic: "sensors/{n}"
        payload: '{"seq":{seq},"value":{random:1..1000000}}'
        qos: 1
        every: 1ms
        count: 5
expect:
  published: 20
"#;

const JSON: &str = r#"{
    "seed": 42,
    "broker": {"version": "5.8", "request_timeout": "2s"},
    "clients": [{
        "name": "sensors",
        "count": 4,
        "clientid": "sensor-{n}-{random:1..1000}",
        "username": "{clientid}",
        "password": "secret",
        "subscribe": [{"filter": "sensors/{n}", "qos": 1, "no_local": false}, "news"],
        "publish": [{
            "topic": "sensors/{n}",
            "payload": "{\"seq\":{seq},\"value\":{random:1..1000000}}",
            "qos": 1,
            "every": "1ms",
            "count": 5
        }]
    }],
    "expect": {"published": 20}
}"#;

/// What does not change from run to run: the figures of each client, and what the program saw.
fn run(name: &str, text: &str, more: &[&str]) -> (Value, Vec<(String, String)>) {
    let (app, payloads) = program::app();
    let server = app.start("127.0.0.1:0").expect("a free port");
    let scenario = ScenarioFile::new(name, text);
    let more: Vec<&str> = ["--json"].iter().chain(more).copied().collect();
    let finished = simulate(&scenario, &server.address().to_string(), &more);
    assert_eq!(finished.code, Some(0), "{name}: {finished:?}");
    let mut seen = payloads.lock().expect("no test panics with it").clone();
    seen.sort();
    (report(&finished)["groups"].take(), seen)
}

#[test]
fn a_scenario_is_the_same_run_in_each_format() {
    let toml = run("formats.toml", TOML, &[]);
    assert_eq!(toml.1.len(), 20);
    assert_eq!(run("formats.yaml", YAML, &[]), toml);
    assert_eq!(run("formats.yml", YAML, &[]), toml);
    assert_eq!(run("formats.json", JSON, &[]), toml);
    assert_ne!(
        run("seed.toml", TOML, &["--seed", "43"]).1,
        toml.1,
        "another seed"
    );
}

#[test]
fn options_override_the_file() {
    let more = [
        "--clients",
        "2",
        "--payload",
        "as told",
        "--topic",
        "other/{n}",
        "--package",
        "v1",
    ];
    let text = TOML.replace("published = 20", "published = 10");
    let (groups, seen) = run("options.toml", &text, &more);
    assert_eq!(groups[0]["clients"].as_array().map(Vec::len), Some(2));
    assert_eq!(groups[0]["totals"]["rewritten"], 0);
    assert!(
        seen.iter().all(|(_, payload)| payload == "as told"),
        "{seen:?}"
    );
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let finished = exhook(["simulate", "--schema"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.schema.json");
    let committed = fs::read_to_string(file).expect("the schema");
    assert!(
        finished.stdout == committed,
        "docs/scenario.schema.json is not what `exhook simulate --schema` prints; write it anew"
    );
}
