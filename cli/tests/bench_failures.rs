//! What is wrong with answers, servers and options is told by name, and by the exit code.

#[allow(dead_code, reason = "each test needs a part of it")]
#[path = "support/provider.rs"]
mod provider;
#[allow(dead_code, reason = "each test needs a part of it")]
mod support;

use std::net::TcpListener;

use serde_json::Value;

use provider::{Answer, Leave, Provider, start_provider};
use support::{Finished, exhook, start_server};

/// A `ValuedResponse`: `STOP_AND_RETURN` true.
const ALLOW: &[u8] = &[0, 0, 0, 0, 4, 8, 2, 24, 1];

/// A server that answers every call like this; returns the address.
fn start(answer: Answer) -> String {
    start_provider(Provider::always(answer))
}

/// A server that allows everything until it leaves; returns the address.
fn start_leaving(leave: Leave) -> String {
    start_provider(Provider {
        leave,
        ..Provider::always(Answer::Frames(ALLOW.to_vec()))
    })
}

fn bench(to: &str, more: &[&str]) -> Finished {
    let fixed = [
        "bench",
        "--to",
        to,
        "--warm-up",
        "0",
        "--hook",
        "client.authenticate",
    ];
    exhook(fixed.iter().chain(more))
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

#[test]
fn answers_that_a_broker_cannot_use_are_counted_by_their_reason() {
    for (nonsense, reason) in [
        (
            Answer::Frames(vec![0, 0, 0, 0, 0]),
            "the answer has no value",
        ),
        (
            Answer::Frames(vec![0, 0, 0, 0, 4, 8, 2, 34, 0]),
            "client.authenticate takes a bool",
        ),
        (Answer::Frames(vec![1, 0, 0, 0, 0]), "compressed"),
        (Answer::Frames(vec![]), "no message"),
        (Answer::Error(13), "gRPC error 13 (\"oops\")"),
        (Answer::Reset, "the server reset the stream"),
    ] {
        let address = start(nonsense);
        let finished = bench(&address, &["--calls", "50", "--quiet"]);
        assert_eq!(finished.code, Some(1), "{reason}: {finished:?}");
        assert!(finished.stdout.contains(reason), "{reason}: {finished:?}");
        assert!(finished.stdout.contains("(50 times)"), "{finished:?}");
        assert!(
            finished.stdout.contains("50 calls failed\n"),
            "{finished:?}"
        );
        let report = json(&bench(&address, &["--calls", "50", "--json"]));
        assert_eq!(
            (&report["calls"], &report["failures"]),
            (&50.into(), &50.into())
        );
        assert_eq!(report["reasons"][0]["count"], 50, "{report}");
    }
}

#[test]
fn a_call_without_an_answer_in_time_makes_room_for_the_next() {
    let address = start(Answer::Silence);
    let finished = bench(
        &address,
        &["--calls", "300", "--timeout-ms", "30", "--json"],
    );
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report = json(&finished);
    assert_eq!(
        (&report["calls"], &report["ended"]),
        (&300.into(), &300.into())
    );
    assert_eq!(report["reasons"][0]["reason"], "no answer in time");
    assert_eq!(report["reasons"][0]["count"], 300);
    assert!(
        report["latency_us"]["p50"].as_f64() >= Some(29_900.0),
        "{report}"
    );
}

#[test]
fn failures_of_the_warm_up_count() {
    let address = start(Answer::Reset);
    let finished = exhook([
        "bench",
        "--to",
        &address,
        "--warm-up",
        "0.05",
        "--calls",
        "10",
        "--json",
    ]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report = json(&finished);
    assert!(report["warm_up"]["failures"].as_u64() > Some(0), "{report}");
}

#[test]
fn connections_that_are_lost_are_opened_anew() {
    let address = start_leaving(Leave::GoAwayAfter(100));
    let finished = bench(
        &address,
        &[
            "--calls",
            "1000",
            "--connections",
            "2",
            "--streams",
            "4",
            "--json",
        ],
    );
    let report = json(&finished);
    assert_eq!(
        (&report["calls"], &report["ended"]),
        (&1_000.into(), &1_000.into())
    );
    assert!(report["reconnects"].as_u64() >= Some(7), "{report}");
    assert!(
        report["verdicts"]["allow"].as_u64() >= Some(800),
        "{report}"
    );
}

#[test]
fn a_server_that_leaves_ends_the_load_with_what_was_measured() {
    let address = start_leaving(Leave::GoneAfter(20));
    let finished = bench(&address, &["--connections", "1", "--json"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report = json(&finished);
    assert!(report["ended_early"].is_string(), "{report}");
    assert!(report["ended"].as_u64() >= Some(20), "{report}");
}

#[test]
fn nobody_listening_is_told_with_the_remedy() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    drop(listener);
    for threads in ["1", "4"] {
        let finished = bench(&address, &["--threads", threads]);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(
            finished.stderr.contains("start the hook program"),
            "{finished:?}"
        );
        assert!(finished.stderr.contains(&address), "{finished:?}");
        assert_eq!(finished.stdout, "");
    }
}

#[test]
fn wrong_options_are_told_with_what_is_expected() {
    let server = start_server();
    let address = server.address().to_string();
    for (more, expected) in [
        (
            &["--hook", "mesage.publish"][..],
            "did you mean message.publish?",
        ),
        (&["--package", "v4"], "v1, v2 or v3"),
        (&["--rate", "0"], "above 0"),
        (&["--rate", "5", "--streams", "2"], "--streams"),
        (&["--spacing", "even"], "--rate"),
        (&["--seconds", "0"], "above 0"),
        (&["--calls", "5", "--seconds", "1"], "--seconds"),
        (&["--topic", "a/{clientld}"], "did you mean clientid?"),
        (&["--topic", "a/#"], "'#'"),
        (&["--clients", "20"], "give more --clients"),
        (
            &["--clients", "1000000", "--payload-bytes", "65536"],
            "1 GiB",
        ),
    ] {
        let mut arguments = vec!["bench", "--to", &address];
        arguments.extend(more);
        let finished = exhook(arguments);
        assert_eq!(finished.code, Some(2), "{more:?}: {finished:?}");
        assert!(
            finished.stderr.contains(expected),
            "{expected}: {finished:?}"
        );
    }
    let calls: u64 = server.metrics().hooks.iter().map(|hook| hook.calls).sum();
    assert_eq!(calls, 0, "nothing was called");
}

#[test]
fn help_teaches_by_examples_and_exit_codes() {
    let help = exhook(["bench", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(
        help.stdout.contains("Examples:\n  exhook bench"),
        "{}",
        help.stdout
    );
    assert!(help.stdout.contains("Exit codes:\n  0 "), "{}", help.stdout);
}
