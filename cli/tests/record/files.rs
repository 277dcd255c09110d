//! What is in the file, whatever happens.

use std::{fs, net::TcpListener, path::Path, time::Duration};

use exhook::{
    Config, Hook, Package, Registry, Server,
    testing::{CallOutcome, Connection},
};

use crate::{
    recorder::{Recorder, absent, lines, wait_for_lines},
    support::{exhook, start_server},
};

const TIMEOUT: Duration = Duration::from_secs(60);

async fn call(address: &str) -> CallOutcome {
    let endpoint = address.parse().expect("an endpoint");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    connection
        .call(Package::V3, Hook::ClientConnect, &[], TIMEOUT)
        .await
}

fn refused(out: &Path, more: &[&str]) -> String {
    let mut arguments = vec![
        "record",
        "--listen",
        "127.0.0.1:0",
        "--to",
        "127.0.0.1:1",
        "--out",
    ];
    arguments.push(out.to_str().expect("a name"));
    arguments.extend(more);
    let finished = exhook(arguments);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    finished.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_kept_unless_told_otherwise() {
    let server = start_server();
    let provider = server.address().to_string();
    let out = absent("kept");
    let recorder = Recorder::start(&provider, &out, &[]);
    call(&recorder.address).await;
    assert_eq!(recorder.end_by("-TERM").code, Some(0));
    let first = lines(&out);
    assert_eq!(first.len(), 1);

    let said = refused(&out, &[]);
    assert!(
        said.contains("--append") && said.contains("--force"),
        "{said}"
    );
    assert_eq!(lines(&out), first);

    let recorder = Recorder::start(&provider, &out, &["--append"]);
    call(&recorder.address).await;
    recorder.end();
    let both = lines(&out);
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    assert!(
        both[1]["t"].as_f64() > first[0]["t"].as_f64(),
        "time goes on: {both:?}"
    );

    let recorder = Recorder::start(&provider, &out, &["--force"]);
    recorder.end();
    assert_eq!(lines(&out).len(), 0);

    fs::write(&out, "no recording").expect("a writable file");
    let said = refused(&out, &["--append"]);
    assert!(
        said.contains("kept.calls.jsonl:1: not a recorded call"),
        "{said}"
    );
    assert!(refused(&out, &["--append", "--force"]).contains("cannot be used with"));
    assert!(refused(&out, &["--force", "--redact", "names"]).contains("passwords"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_written_as_calls_are_answered() {
    let server = start_server();
    let out = absent("killed");
    let recorder = Recorder::start(&server.address().to_string(), &out, &[]);
    for count in 1..=3 {
        let outcome = call(&recorder.address).await;
        assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
        wait_for_lines(&out, count);
    }
    assert_eq!(recorder.end_by("-KILL").code, None);
    assert_eq!(lines(&out).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_away_is_told_and_the_recording_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let provider = listener.local_addr().expect("bound").to_string();
    drop(listener);
    let out = absent("away");
    let mut recorder = Recorder::start(&provider, &out, &["--json"]);
    for _ in 0..2 {
        let endpoint = recorder.address.parse().expect("an endpoint");
        // The connection breaks at once, or at the first call.
        if let Ok(connection) = Connection::open(&endpoint).await {
            let hook = Hook::ClientConnect;
            let outcome = connection.call(Package::V3, hook, &[], TIMEOUT).await;
            assert!(outcome.reset.is_some(), "{outcome:?}");
        }
    }
    let said = recorder.says();
    assert!(
        said.contains(&provider) && said.contains("UNAVAILABLE"),
        "{said}"
    );

    let server = Server::start(&Config::default(), Registry::new(), &provider).expect("the port");
    let outcome = call(&recorder.address).await;
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    let said = recorder.says();
    assert!(
        said.contains("can be reached again"),
        "told once each: {said}"
    );

    // A program that ends in the middle breaks the connection, as it does without a recorder.
    let endpoint = recorder.address.parse().expect("an endpoint");
    let connection = Connection::open(&endpoint).await.expect("a listener");
    let hook = Hook::ClientConnect;
    connection.call(Package::V3, hook, &[], TIMEOUT).await;
    server.stop().expect("not stopped before");
    let outcome = connection.call(Package::V3, hook, &[], TIMEOUT).await;
    assert!(outcome.reset.is_some(), "{outcome:?}");
    let ended = recorder.end();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(report["unreached_connections"], 2, "{report}");
    assert_eq!(lines(&out).len(), 2);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_calls_still_pass() {
    let server = start_server();
    let provider = server.address().to_string();
    let mut recorder = Recorder::start(&provider, Path::new("/dev/full"), &["--force"]);
    for _ in 0..2 {
        let outcome = call(&recorder.address).await;
        assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    }
    let said = recorder.says();
    assert!(said.contains("cannot write /dev/full"), "{said}");
    let ended = recorder.end();
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(ended.stderr, "", "told once");
    assert!(ended.stdout.contains("2 calls lost"), "{}", ended.stdout);
}

#[test]
fn an_address_in_use_and_a_directory_that_is_not_there_are_told() {
    let server = start_server();
    let address = server.address().to_string();
    let out = absent("unused");
    let out = out.to_str().expect("a name");
    let finished = exhook([
        "record", "--listen", &address, "--to", &address, "--out", out,
    ]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("give an address that is free"),
        "{}",
        finished.stderr
    );
    assert!(!Path::new(out).exists());
    let said = refused(Path::new("/nowhere/x.calls.jsonl"), &[]);
    assert!(
        said.contains("cannot write /nowhere/x.calls.jsonl"),
        "{said}"
    );
}

#[test]
fn help_teaches_by_examples() {
    let help = exhook(["record", "--help"]);
    assert_eq!(help.code, Some(0));
    for words in [
        "Examples:\n  exhook record",
        "Exit codes:",
        "--redact",
        "--append",
    ] {
        assert!(help.stdout.contains(words), "{words}: {}", help.stdout);
    }
}
