//! `exhook top` beside real servers, which are named by their addresses.

#[allow(dead_code, reason = "each test needs a part of it")]
mod support;

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use exhook::{Call, Config, HandlerOptions, Hook, Registry, Server, Verdict};
use serde_json::Value;
use support::{Finished, exhook};

/// How many calls a load makes.
const CALLS: u64 = 50;

/// A hook program with an admin listener, which denies all publishing.
fn serve(admin: &str) -> Server {
    let mut registry = Registry::new();
    let deny = |call: Call| call.reply(Verdict::Deny).expect("in time");
    registry
        .register(
            Hook::ClientAuthorize,
            HandlerOptions::default(),
            Arc::new(deny),
        )
        .expect("valid options");
    let config = Config {
        admin: admin.to_owned(),
        ..Config::default()
    };
    Server::start(&config, registry, "127.0.0.1:0").expect("a free port")
}

fn admin(server: &Server) -> SocketAddr {
    server.admin_address().expect("the option is on")
}

/// Makes calls, all of which are answered when it returns.
fn load(server: &Server) {
    let (to, calls) = (server.address().to_string(), CALLS.to_string());
    let fixed = ["bench", "--quiet", "--warm-up", "0", "--connections", "1"];
    let hook = ["--hook", "client.authorize", "--calls", &calls, "--to", &to];
    let finished = exhook(fixed.iter().chain(&hook));
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

fn lines(finished: &Finished) -> Vec<Value> {
    let lines = finished.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// A run of `exhook top --json` that is read line by line.
struct Watching {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watching {
    fn start(target: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_exhook"))
            .args(["top", target, "--json", "--interval", "0.1"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, lines }
    }

    /// The next line for which something is true.
    fn find(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("text");
            assert!(read > 0, "it has ended");
            let line = serde_json::from_str(&line).expect("JSON");
            if is_wanted(&line) {
                return line;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn once_prints_a_table_also_where_it_is_not_asked_for_without_a_terminal() {
    let server = serve("0");
    load(&server);
    let url = format!("http://{}", admin(&server));
    for more in [vec!["--once"], vec![]] {
        let arguments = ["top", &url, "--interval", "0.1"];
        let finished = exhook(arguments.into_iter().chain(more));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let text = &finished.stdout;
        assert!(text.contains(&format!(" at {url}/metrics, up ")), "{text}");
        assert!(
            text.contains("0 calls/s, 0 failed/s, 0 in flight"),
            "{text}"
        );
        let row = text
            .lines()
            .find(|line| line.starts_with("client.authorize"));
        let row: Vec<_> = row.expect("a row").split_whitespace().collect();
        assert_eq!(
            row,
            ["client.authorize", "v3", "0", "-", "-", "-", "0", "50"]
        );
    }
}

#[test]
fn json_has_a_line_for_each_interval() {
    let server = serve("0");
    load(&server);
    let target = format!(":{}", admin(&server).port());
    let arguments = [
        "top",
        &target,
        "--json",
        "--interval",
        "0.1",
        "--count",
        "3",
    ];
    let finished = exhook(arguments);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let lines = lines(&finished);
    assert_eq!(lines.len(), 3);
    for line in lines {
        assert_eq!(line["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(line["restarted"], false);
        assert_eq!(line["hooks"][0]["hook"], "client.authorize");
        assert_eq!(line["hooks"][0]["calls"], CALLS);
        assert_eq!(line["hooks"][0]["calls_per_second"], 0.0);
        assert!(line["hooks"][0]["latency_p50_us"].is_null());
    }
}

#[test]
fn what_comes_is_seen_and_so_are_a_loss_and_a_restart() {
    let server = serve("0");
    let address = admin(&server).to_string();
    let mut watching = Watching::start(&address);
    watching.find(|line| line["hooks"] == Value::Array(Vec::new()));
    load(&server);
    let is_answered = |line: &Value| {
        let hook = &line["hooks"][0];
        hook["verdicts_per_second"]["deny"].is_f64() && hook["latency_p50_us"].is_f64()
    };
    let line = watching.find(is_answered);
    let hook = &line["hooks"][0];
    assert_eq!(hook["failed_per_second"], 0.0);
    assert!(hook["calls_per_second"].as_f64() > Some(0.0), "{line}");
    assert!(hook["latency_p50_us"].as_f64() > Some(0.0), "{line}");
    assert!(hook["latency_p99_us"].as_f64() >= hook["latency_p50_us"].as_f64());
    watching.find(|line| line["hooks"][0]["calls"] == CALLS);

    server.stop().expect("the first stop");
    drop(server);
    let line = watching.find(|line| !line["lost"].is_null());
    assert!(
        line["url"].as_str().expect("text").contains(&address),
        "{line}"
    );

    let server = serve(&address);
    let line = watching.find(|line| line["lost"].is_null());
    assert_eq!(line["restarted"], true);
    assert_eq!(line["hooks"], Value::Array(Vec::new()));
    let line = watching.find(|line| line["lost"].is_null());
    assert_eq!(line["restarted"], false);
    drop(server);
}

#[test]
fn a_lost_program_ends_with_code_1() {
    let server = serve("0");
    let address = admin(&server).to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args([
            "top",
            &address,
            "--json",
            "--interval",
            "0.2",
            "--count",
            "10",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut first = String::new();
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    lines.read_line(&mut first).expect("a line");
    drop(server);
    let rest: Vec<_> = lines.lines().map(|line| line.expect("a line")).collect();
    assert_eq!(child.wait().expect("an end").code(), Some(1));
    assert_eq!(rest.len(), 9);
    assert!(rest[8].contains("\"lost\":"), "{rest:?}");
}

#[test]
fn who_is_no_admin_listener_is_refused_with_the_reason() {
    let server = serve("0");
    let brokers = server.address().to_string();
    let finished = exhook(["top", &brokers, "--once"]);
    assert_eq!(finished.code, Some(2));
    assert!(
        finished.stderr.contains("not the one for brokers"),
        "{finished:?}"
    );

    let wrong_path = format!("http://{}/elsewhere", admin(&server));
    let finished = exhook(["top", &wrong_path, "--once"]);
    assert_eq!(finished.code, Some(2));
    assert!(
        finished
            .stderr
            .contains("no admin listener of exhook: HTTP status 404"),
        "{finished:?}"
    );

    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let finished = exhook(["top", &closed.expect("a free port").to_string(), "--once"]);
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("EXHOOK_ADMIN"), "{finished:?}");
}

#[test]
fn wrong_usage_is_explained() {
    for (arguments, words) in [
        (vec!["nowhere"], "the option admin"),
        (vec!["9090", "--sort", "speed"], "p99"),
        (vec!["9090", "--interval", "0"], "from 0.1"),
        (vec!["9090", "--count", "3"], "--json"),
        (vec!["9090", "--once", "--json"], "cannot be used with"),
    ] {
        let finished = exhook(["top"].into_iter().chain(arguments));
        assert_eq!(finished.code, Some(2), "{finished:?}");
        assert!(finished.stderr.contains(words), "{finished:?}");
    }
}
