//! What was recorded is replayed, and expected.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use exhook::{App, Server, deny, replace};
use serde_json::Value;

use crate::{
    recorder::{Recorder, absent, lines},
    support::{Finished, exhook, recording},
};

const VERSIONS: [&str; 5] = ["4.3.22", "4.4.19", "5.3.2", "5.8.9", "5.9.2"];

/// A program; `change` adds to it before it starts.
fn start(suffix: &'static str, change: impl FnOnce(&mut App)) -> Server {
    let mut app = App::new();
    app.on_client_authenticate(|req| req.clientinfo().username.len() % 2 == 0);
    app.on_client_authorize(|req| !req.topic.starts_with("admin/"));
    app.on_message_publish(move |req| {
        let payload = [&req.message().payload[..], suffix.as_bytes()].concat();
        replace().payload(payload)
    })
    .topics(["#"]);
    app.on_client_connected(|_| ());
    change(&mut app);
    app.start("127.0.0.1:0").expect("a free port")
}

fn replay(file: &Path, to: &str, more: &[&str]) -> Finished {
    let file = file.to_str().expect("a name");
    let mut arguments = vec!["replay", file, "--to", to];
    arguments.extend(more);
    exhook(arguments)
}

/// Records a program that answers the calls of a real broker.
fn record(server: &Server, version: &str, out: &Path, more: &[&str]) {
    let recorder = Recorder::start(&server.address().to_string(), out, more);
    let replayed = replay(&recording(version), &recorder.address, &[]);
    assert_eq!(replayed.code, Some(0), "{replayed:?}");
    let ended = recorder.end();
    assert_eq!(ended.code, Some(130), "{ended:?}");
}

#[test]
fn every_recording_passes_unchanged_and_its_answers_are_found_again() {
    let server = start("!", |_| {});
    for version in VERSIONS {
        let out = absent(&format!("round-trip-{version}"));
        record(&server, version, &out, &[]);
        let key = |line: &Value| {
            let [method, request] = ["method", "request_b64"].map(|field| line[field].to_string());
            (method, request)
        };
        let original = lines(&recording(version));
        let recorded = lines(&out);
        let [mut before, mut after] =
            [&original, &recorded].map(|lines| lines.iter().map(key).collect::<Vec<_>>());
        before.sort();
        after.sort();
        assert!(before == after, "{version}: the same calls");
        let headers = |line: &Value| line["metadata"].clone();
        assert!(
            recorded
                .iter()
                .all(|line| headers(line)["user-agent"] == "grpc-erlang/0.1.0")
        );
        assert!(recorded.iter().all(|line| line["time_remaining"] == 5.0));

        let finished = replay(&out, &server.address().to_string(), &["--expect"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let compared = format!("compared: {} answers, 0 different", original.len());
        assert!(finished.stdout.contains(&compared), "{}", finished.stdout);
    }
}

#[test]
fn what_a_changed_program_answers_otherwise_is_named() {
    let server = start("!", |_| {});
    let out = absent("changed");
    record(&server, "5.8.9", &out, &[]);

    let changed = start("?", |app| {
        app.on_session_created(|_| ());
    });
    let to = changed.address().to_string();
    let finished = replay(&out, &to, &["--expect", "--quiet"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for words in [
        "provider.loaded: hooks session.created, expected hooks without these\n",
        "message.publish: replace payload of",
        "expected payload of",
        "record-changed.calls.jsonl:",
        "client \"device-",
        " 30 different from the recorded ones\n",
        "and 15 differences more; --json has all\n",
    ] {
        assert!(
            finished.stdout.contains(words),
            "{words}: {}",
            finished.stdout
        );
    }

    let finished = replay(&out, &to, &["--expect", "--json"]);
    let report: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    let differences = report["expected"]["differences"]
        .as_array()
        .expect("a list");
    assert_eq!(differences.len(), 30, "{differences:?}");
    let publish = differences
        .iter()
        .find(|difference| difference["hook"] == "message.publish");
    let publish = publish.expect("one of a publish");
    assert!(
        publish["line"].is_u64() && publish["clientid"].is_string(),
        "{publish}"
    );

    let finished = replay(&out, &to, &["--expect", "--ignore", "payload"]);
    assert_eq!(finished.code, Some(1), "the hooks are others: {finished:?}");
    assert!(
        finished.stdout.contains(" 1 different"),
        "{}",
        finished.stdout
    );
}

#[test]
fn changed_verdicts_are_named() {
    let server = start("!", |_| {});
    let out = absent("verdicts");
    record(&server, "5.9.2", &out, &[]);
    let mut app = App::new();
    app.on_client_authenticate(|_| deny());
    let strict = app.start("127.0.0.1:0").expect("a free port");
    let finished = replay(&out, &strict.address().to_string(), &["--expect"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for words in [
        "client.authenticate: deny, expected allow\n",
        "provider.loaded: hooks without these, expected hooks client.authorize, client.connected, \
         message.publish",
    ] {
        assert!(
            finished.stdout.contains(words),
            "{words}: {}",
            finished.stdout
        );
    }
}

#[test]
fn recordings_without_answers_cannot_be_expected() {
    let server = start("!", |_| {});
    let to = server.address().to_string();
    let finished = replay(&recording("5.8.9"), &to, &["--expect"]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("exhook record writes them"),
        "{}",
        finished.stderr
    );
    let finished = replay(&recording("5.8.9"), &to, &["--expect", "--package", "v3"]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("leave out --package"),
        "{}",
        finished.stderr
    );
    let finished = replay(&recording("5.8.9"), &to, &["--ignore", "payload"]);
    assert!(finished.stderr.contains("--expect"), "{}", finished.stderr);
}

#[test]
fn secrets_are_blanked_and_the_recording_still_plays() {
    let server = start("secret suffix", |_| {});
    let out = absent("redacted");
    record(&server, "5.9.2", &out, &["--redact", "passwords,payloads"]);
    let original = lines(&recording("5.9.2"));
    let recorded = lines(&out);
    assert_eq!(recorded.len(), original.len());
    let length = |line: &Value| line["request_b64"].as_str().expect("text").len();
    let total = |lines: &[Value]| lines.iter().map(length).sum::<usize>();
    assert_eq!(total(&recorded), total(&original), "lengths stay");

    let has = |lines: &[Value], secret: &str| {
        lines.iter().any(|line| {
            [&line["request_b64"], &line["answer"]["message_b64"]]
                .into_iter()
                .any(|text| {
                    let bytes = BASE64_STANDARD.decode(text.as_str().unwrap_or_default());
                    String::from_utf8_lossy(&bytes.expect("base64")).contains(secret)
                })
        })
    };
    assert!(has(&original, "pw-0"));
    assert!(!has(&recorded, "pw-0"));
    assert!(!has(&recorded, "secret suffix"));
    assert!(has(&recorded, "*************"), "the suffix");
    assert_eq!(
        recorded[0]["redacted"],
        serde_json::json!(["passwords", "payloads"])
    );

    // Payloads are those of blanked requests, and so differ; nobody expects them.
    let finished = replay(&out, &server.address().to_string(), &["--expect"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    fs::remove_file(out).expect("the recording");
}
