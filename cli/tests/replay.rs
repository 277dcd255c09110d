//! Real brokers' calls, replayed to a real server.

mod support;

use std::{
    ffi::OsString,
    fs,
    io::Read,
    process::{Command, Stdio},
};

use support::{exhook, recording, start_server};

/// The broker versions that were recorded.
const VERSIONS: [&str; 5] = ["4.3.22", "4.4.19", "5.3.2", "5.8.9", "5.9.2"];

fn lines(version: &str) -> usize {
    let text = fs::read_to_string(recording(version)).expect(version);
    text.lines().count()
}

#[test]
fn every_recording_is_answered_well_in_every_package() {
    let server = start_server();
    let url = format!("http://{}", server.address());
    for version in VERSIONS {
        for package in ["as-recorded", "v1", "v2", "v3"] {
            let mut arguments: Vec<OsString> = ["exhook", "replay", "--quiet", "--to", &url]
                .map(OsString::from)
                .to_vec();
            arguments.extend([
                "--package".into(),
                package.into(),
                recording(version).into(),
            ]);
            assert_eq!(exhook_cli::run(arguments), 0, "{version} as {package}");
        }
    }
    let calls: usize = VERSIONS.into_iter().map(lines).sum();
    let counted: u64 = server.metrics().hooks.iter().map(|hook| hook.calls).sum();
    assert_eq!(counted, 4 * calls as u64, "every call arrived");
}

#[test]
fn the_binary_tells_the_figures_of_each_hook() {
    let server = start_server();
    let finished = exhook([
        "replay".into(),
        recording("5.8.9").into_os_string(),
        recording("4.4.19").into(),
        "--to".into(),
        server.address().to_string().into(),
    ]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "no progress bar without a terminal");
    let row = |hook: &str| {
        finished
            .stdout
            .lines()
            .find(|line| line.starts_with(hook))
            .unwrap_or_else(|| panic!("{hook} in {}", finished.stdout))
            .to_owned()
    };
    assert!(
        row("client.authenticate").contains("allow "),
        "{}",
        finished.stdout
    );
    assert!(
        row("client.authorize").contains("continue true 63 "),
        "{}",
        finished.stdout
    );
    assert!(
        row("message.publish").contains("replace 58 "),
        "{}",
        finished.stdout
    );
    assert!(
        row("provider.loaded").contains("loaded 2 "),
        "{}",
        finished.stdout
    );
    let total = format!(
        "{} calls over 8 connections in ",
        lines("5.8.9") + lines("4.4.19")
    );
    assert!(finished.stdout.contains(&total), "{}", finished.stdout);
    assert!(
        finished.stdout.ends_with("all fine\n"),
        "{}",
        finished.stdout
    );
}

#[test]
fn json_has_the_same_figures() {
    let server = start_server();
    let finished = exhook([
        "replay".into(),
        recording("5.9.2").into_os_string(),
        format!("--to=http://{}", server.address()).into(),
        "--json".into(),
        "--speed=100".into(),
        "--connections=2".into(),
    ]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let report: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(report["calls"], lines("5.9.2"));
    assert_eq!(report["failures"], 0);
    let hooks = report["hooks"].as_array().expect("a list of hooks");
    let publish = hooks.iter().find(|hook| hook["hook"] == "message.publish");
    assert_eq!(publish.expect("message.publish")["verdicts"]["replace"], 28);
    // The recording took 9.8 s.
    assert!(report["elapsed_us"].as_u64() > Some(95_000), "{report}");
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_replayed_to() {
    use exhook::{Config, Registry, Server};

    let path = std::env::temp_dir().join(format!("exhook-cli-{}.sock", std::process::id()));
    let address = format!("unix:{}", path.display());
    let server = Server::start(&Config::default(), Registry::new(), &address).expect("a socket");
    let finished = exhook([
        "replay".into(),
        recording("5.3.2").into_os_string(),
        "--to".into(),
        address.into(),
        "--quiet".into(),
    ]);
    assert_eq!(
        (finished.code, finished.stdout.as_str()),
        (Some(0), ""),
        "{}",
        finished.stderr
    );
    server.stop().expect("not stopped before");
}

#[test]
fn ignoring_an_authentication_is_remarked_on_for_package_v2() {
    use exhook::{Config, Registry, Server};

    let server = Server::start(&Config::default(), Registry::new(), "127.0.0.1:0").expect("a port");
    for (version, remarked) in [("5.8.9", true), ("5.9.2", false), ("4.4.19", false)] {
        let finished = exhook([
            "replay".into(),
            recording(version).into_os_string(),
            "--to".into(),
            server.address().to_string().into(),
        ]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(
            finished.stdout.contains("refuse a client"),
            remarked,
            "{version}"
        );
    }
}

fn command(version: &str, to: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exhook"));
    command
        .arg("replay")
        .arg(recording(version))
        .args(["--to", to])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let server = start_server();
    let mut child = command("5.9.2", &server.address().to_string())
        .spawn()
        .expect("the binary");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_replay_with_a_report() {
    use exhook::{Call, Config, HandlerOptions, Hook, Registry, Server};
    use std::sync::{Arc, mpsc::channel};

    let (sender, called) = channel();
    let mut registry = Registry::new();
    let handler = move |_: Call| sender.send(()).expect("the test listens");
    registry
        .register(
            Hook::ProviderLoaded,
            HandlerOptions::default(),
            Arc::new(handler),
        )
        .expect("valid options");
    let server = Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a port");
    let mut command = command("5.9.2", &server.address().to_string());
    // At this pace it would take hours.
    let mut child = command
        .args(["--speed", "0.001"])
        .spawn()
        .expect("the binary");
    called.recv().expect("the first call");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let mut report = String::new();
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_to_string(&mut report).expect("text");
    assert!(report.contains("interrupted: "), "{report}");
}
