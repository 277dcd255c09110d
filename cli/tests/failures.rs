//! What goes wrong is told with its reason, and by the exit code.

#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "support/provider.rs"]
mod provider;
mod support;

use std::{ffi::OsString, fs, net::TcpListener, path::PathBuf};

use provider::{Answer, Provider, start_provider};
use support::{Finished, exhook, recording, start_server};

fn replay(file: PathBuf, to: &str, more: &[&str]) -> Finished {
    let mut arguments: Vec<OsString> = vec!["replay".into(), file.into(), "--to".into(), to.into()];
    arguments.extend(more.iter().map(OsString::from));
    exhook(arguments)
}

#[test]
fn answers_that_a_broker_cannot_use_fail_with_their_reason() {
    let cases: [(Answer, &[&str]); 9] = [
        // An empty ValuedResponse: CONTINUE without a value.
        (
            Answer::Frames(vec![0, 0, 0, 0, 0]),
            &["client.authenticate: the answer has no value"],
        ),
        // STOP_AND_RETURN with a bool.
        (
            Answer::Frames(vec![0, 0, 0, 0, 4, 8, 2, 24, 1]),
            &[
                "message.publish takes a message, the answer is a bool",
                "allow 16",
            ],
        ),
        // STOP_AND_RETURN with an empty message.
        (
            Answer::Frames(vec![0, 0, 0, 0, 4, 8, 2, 34, 0]),
            &["the topic is empty", "client.authorize takes a bool"],
        ),
        (
            Answer::Frames(vec![1, 0, 0, 0, 0]),
            &["client.connect: the answer is compressed"],
        ),
        (
            Answer::Frames(vec![0, 0, 0, 0, 1, 255]),
            &["the answer is no EmptySuccess"],
        ),
        (Answer::Frames(vec![]), &["the answer has no message"]),
        (
            Answer::Error(13),
            &["gRPC error 13 (\"oops\")", "wait out their timeout"],
        ),
        (Answer::Reset, &["the server reset the stream"]),
        (Answer::NotFound, &["HTTP status 404"]),
    ];
    for (nonsense, reasons) in cases {
        let finished = replay(
            recording("5.8.9"),
            &start_provider(Provider::always(nonsense)),
            &["--quiet"],
        );
        assert_eq!(finished.code, Some(1), "{reasons:?}: {finished:?}");
        for reason in reasons {
            assert!(
                finished.stdout.contains(reason),
                "{reason}: {}",
                finished.stdout
            );
        }
        assert!(
            finished.stdout.contains("emqx-5.8.9.calls.jsonl:"),
            "{}",
            finished.stdout
        );
        assert!(finished.stdout.contains("client \""), "{}", finished.stdout);
    }
}

#[test]
fn no_answer_in_time_fails() {
    let text = fs::read_to_string(recording("5.9.2")).expect("a recording");
    let file = temporary("silence", text.lines().next().expect("a call"));
    let address = start_provider(Provider::always(Answer::Silence));
    let finished = replay(file, &address, &["--timeout-ms", "50", "--json"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(
        report["hooks"][0]["reasons"][0]["reason"],
        "no answer in time"
    );
    assert!(
        report["hooks"][0]["p50_us"].as_u64() >= Some(50_000),
        "{report}"
    );
}

/// A file of this test run; tests use different names.
fn temporary(name: &str, text: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.calls.jsonl"));
    fs::write(&file, text).expect("a writable directory");
    file
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_line() {
    let server = start_server();
    let address = server.address().to_string();
    let text = fs::read_to_string(recording("5.9.2")).expect("a recording");
    let first = text.lines().next().expect("a call");
    for (file, problem) in [
        (
            PathBuf::from("absent.calls.jsonl"),
            "cannot read absent.calls.jsonl",
        ),
        (
            temporary("broken", &format!("{first}\n{{\n")),
            "broken.calls.jsonl:2: not a recorded",
        ),
        (temporary("empty", ""), "no calls in it"),
    ] {
        let finished = replay(file, &address, &[]);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains(problem),
            "{problem}: {}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "");
    }
}

#[test]
fn nobody_listening_is_told_with_the_remedy() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let finished = replay(recording("5.9.2"), &address, &[]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("start the hook program"),
        "{}",
        finished.stderr
    );
    assert!(finished.stderr.contains(&address), "{}", finished.stderr);
}

#[test]
fn wrong_usage_is_told_with_what_is_expected() {
    for (arguments, expected) in [
        (&["replay", "x.jsonl"][..], "--to"),
        (
            &["replay", "x.jsonl", "--to", "ftp://localhost:1"],
            "only http and https",
        ),
        (
            &[
                "replay",
                "x.jsonl",
                "--to",
                "localhost:1",
                "--package",
                "v4",
            ],
            "v1, v2 or v3",
        ),
        (
            &["replay", "x.jsonl", "--to", "localhost:1", "--speed", "0"],
            "above 0",
        ),
        (&["reply"], "replay"),
        (&[], "Usage"),
    ] {
        let finished = exhook(arguments);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains(expected),
            "{expected}: {}",
            finished.stderr
        );
    }
}

#[test]
fn help_teaches_by_examples() {
    let version = exhook(["--version"]);
    assert_eq!(version.code, Some(0));
    assert_eq!(
        version.stdout,
        format!("exhook {}\n", env!("CARGO_PKG_VERSION"))
    );
    for arguments in [&["--help"][..], &["replay", "--help"], &["help", "replay"]] {
        let help = exhook(arguments);
        assert_eq!(help.code, Some(0));
        assert!(
            help.stdout.contains("Examples:\n  exhook replay"),
            "{}",
            help.stdout
        );
    }
}
