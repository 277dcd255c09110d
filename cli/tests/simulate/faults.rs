//! Programs that leave and come back while a fleet is there.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use exhook::{Hook, Server};
use serde_json::Value;

use super::{
    program::{self, seen},
    provider::{Answer, Provider, hooks, start_provider},
    runner::{ScenarioFile, hook},
};

/// Far more than anything needs.
const PATIENCE: Duration = Duration::from_secs(120);

const FLEET: &str = r#"
duration = "10m"

[broker]
pace = 50
auto_reconnect = "10s"

[[clients]]
count = 3
clientid = "device-{n}"
username = "{clientid}"
password = "secret"
publish = [{ topic = "sensors/{n}", payload = "{seq}", rate = 20 }]
"#;

/// A run that goes on until it is interrupted.
struct Run {
    child: Child,
    events: Receiver<String>,
}

impl Run {
    fn start(scenario: &ScenarioFile, to: &str, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_exhook"))
            .args([
                "simulate",
                scenario.path(),
                "--to",
                to,
                "--json",
                "--verbose",
            ])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                // Nobody listens any more once the run is over.
                let _ = sender.send(line);
            }
        });
        Self { child, events }
    }

    /// Waits until an event is told.
    fn wait_for(&self, event: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .events
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("no {event}"));
            if line.contains(event) {
                return;
            }
        }
    }

    /// Ends it by Ctrl-C, and returns its report.
    fn interrupt(mut self) -> Value {
        let killed = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(killed.expect("kill runs").success());
        let mut report = String::new();
        let mut stdout = self.child.stdout.take().expect("piped");
        stdout.read_to_string(&mut report).expect("text");
        assert_eq!(
            self.child.wait().expect("it ends").code(),
            Some(130),
            "{report}"
        );
        let report: Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!(report["interrupted"], true);
        report
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Both fail where it has ended, as it should have.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that is nobody else's, whether or not somebody listens.
fn socket(name: &str) -> String {
    let file = format!("exhook-{}-simulate-{name}.sock", std::process::id());
    format!("unix:{}", std::env::temp_dir().join(file).display())
}

/// A program that takes the place of another.
fn serve_at(address: &str) -> Server {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match program::app().0.start(address) {
            Ok(server) => return server,
            // The connections of the one before may still be there.
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        thread::yield_now();
    }
}

fn wait_for_calls(server: &Server, hook: Hook, calls: u64) {
    let deadline = Instant::now() + PATIENCE;
    while seen(server, hook) < calls {
        assert!(Instant::now() < deadline, "no {calls} calls of {hook}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Restarts the program under a fleet; returns how often the new one was loaded, and the report.
fn restart_under(version: &str) -> (u64, Value) {
    let scenario = ScenarioFile::new(&format!("restart-{version}.toml"), FLEET);
    let address = socket(version);
    let first = serve_at(&address);
    let run = Run::start(&scenario, &address, &["--emqx-version", version]);
    wait_for_calls(&first, Hook::MessagePublish, 10);
    first.stop().expect("it stops");
    drop(first);
    if version.starts_with("5.9") {
        run.wait_for("a connection was lost");
    }
    let second = serve_at(&address);
    wait_for_calls(&second, Hook::MessagePublish, 10);
    let loads = seen(&second, Hook::ProviderLoaded);
    (loads, run.interrupt())
}

fn was_lost(report: &Value) -> bool {
    report["provider_losses"].as_u64() > Some(0)
}

#[test]
fn emqx_5_3_calls_a_restarted_program_again_without_loading_it() {
    let (loads, report) = restart_under("5.3");
    assert_eq!(loads, 0);
    assert!(!was_lost(&report), "{report:#}");
    let longest = hook(&report, "message.publish")["wait_ms"]["max"].as_f64();
    assert!(
        longest > Some(10.0),
        "calls waited for the connection: {report:#}"
    );
}

#[test]
fn emqx_5_8_calls_a_restarted_program_again_without_loading_it() {
    let (loads, report) = restart_under("5.8");
    assert_eq!(loads, 0);
    assert!(!was_lost(&report), "{report:#}");
}

#[test]
fn emqx_5_9_loads_a_restarted_program_again() {
    let (loads, report) = restart_under("5.9");
    assert_eq!(loads, 1);
    assert!(was_lost(&report), "{report:#}");
    let timeline = report["timeline"].as_array().expect("a timeline");
    let statuses: Vec<_> = timeline.iter().map(|moment| &moment["status"]).collect();
    assert_eq!(
        statuses.first().and_then(|status| status.as_str()),
        Some("connected")
    );
    assert!(
        statuses.iter().any(|status| *status == "connecting"),
        "{report:#}"
    );
    assert_eq!(
        statuses.last().and_then(|status| status.as_str()),
        Some("connected")
    );
}

#[test]
fn a_program_that_comes_late_is_loaded_late() {
    let address = socket("late");
    let scenario = ScenarioFile::new("late-program.toml", FLEET);
    let run = Run::start(&scenario, &address, &["--username", "mallory"]);
    run.wait_for("is connecting: cannot connect");
    let server = serve_at(&address);
    wait_for_calls(&server, Hook::MessagePublish, 3);
    let report = run.interrupt();
    assert_eq!(
        report["totals"]["accepted"], 3,
        "nobody was asked: {report:#}"
    );
    assert_eq!(seen(&server, Hook::ClientAuthenticate), 0);
    assert_eq!(report["provider_losses"], 1);
}

#[test]
fn ctrl_c_tells_what_happened_until_then_whoever_is_silent() {
    let silent = start_provider(Provider {
        load: hooks(&[("client.connected", &[])]),
        call: Answer::Silence,
        ..Provider::default()
    });
    let scenario = ScenarioFile::new(
        "interrupted.toml",
        &format!("{FLEET}[[steps]]\nat = \"100ms\"\ndo = \"cut\"\n"),
    );
    let run = Run::start(&scenario, &silent, &["--request-timeout", "10m"]);
    run.wait_for("cut");
    let report = run.interrupt();
    assert_eq!(report["hooks"][0]["hook"], "provider.loaded");
    assert_eq!(report["differences"], Value::Array(Vec::new()));
}
