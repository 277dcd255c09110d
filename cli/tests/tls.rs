//! Verbs that call a hook program with TLS, and what they say where it does not come about.

#[allow(dead_code, reason = "each file of tests uses its part")]
mod support;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use exhook::{Call, Config, HandlerOptions, Hook, Registry, Server, Verdict};
use serde_json::Value;
use support::{Finished, exhook, recording};

/// Certificates that `exhook certs` makes, for localhost and the broker `emqx`.
struct Certificates(PathBuf);

impl Certificates {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{name}"));
        // Left behind by a run before.
        let _ = fs::remove_dir_all(&folder);
        let out = folder.to_str().expect("a path of ours");
        let finished = exhook(["certs", "--out", out, "--name", "localhost", "--json"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        let path: &Path = &self.0.join(name);
        path.to_str().expect("a path of ours").to_owned()
    }

    /// What a broker needs to be served.
    fn options(&self) -> Vec<String> {
        [
            ("--cacert", "ca.pem"),
            ("--cert", "client.pem"),
            ("--key", "client.key"),
        ]
        .into_iter()
        .flat_map(|(option, file)| [option.to_owned(), self.file(file)])
        .collect()
    }

    /// A hook program that serves brokers with a certificate of this CA.
    fn start(&self) -> (Server, u16) {
        let mut registry = Registry::new();
        for hook in [Hook::ClientAuthenticate, Hook::MessagePublish] {
            let handler = |call: Call| {
                // A call that is given up takes no answer.
                let _ = call.reply(Verdict::Ignore);
            };
            registry
                .register(hook, HandlerOptions::default(), Arc::new(handler))
                .expect("valid options");
        }
        let config = Config {
            tls_cert: self.file("server.pem"),
            tls_key: self.file("server.key"),
            tls_client_ca: self.file("ca.pem"),
            ..Config::default()
        };
        let server = Server::start(&config, registry, "127.0.0.1:0").expect("a free port");
        let port = server
            .address()
            .to_string()
            .rsplit(':')
            .next()
            .expect("a port")
            .parse();
        (server, port.expect("a number"))
    }
}

fn run(arguments: &[&str], options: &[String]) -> Finished {
    let given = arguments.iter().map(|&argument| argument.to_owned());
    exhook(given.chain(options.iter().cloned()))
}

#[test]
fn every_verb_calls_a_program_with_mutual_tls() {
    let certificates = Certificates::new("verbs");
    let (_server, port) = certificates.start();
    let url = format!("https://localhost:{port}");
    let calls = recording("5.8.9");
    let calls = calls.to_str().expect("a path of ours");
    for arguments in [
        &["check", &url][..],
        &["replay", calls, "--to", &url, "--quiet"],
        &[
            "bench",
            "--to",
            &url,
            "--calls",
            "100",
            "--warm-up",
            "0",
            "--connections",
            "2",
        ],
        &[
            "simulate",
            "--to",
            &url,
            "--duration",
            "1s",
            "--clients",
            "2",
            "--quiet",
        ],
    ] {
        let finished = run(arguments, &certificates.options());
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        let without = run(arguments, &["--insecure".to_owned()]);
        assert_ne!(without.code, Some(0), "{arguments:?}: {without:?}");
        let told = without.stdout + &without.stderr;
        assert!(told.contains("--cert and --key"), "{arguments:?}: {told}");
    }
}

#[test]
fn check_tells_what_brokers_make_of_the_certificate() {
    let certificates = Certificates::new("check");
    let elsewhere = Certificates::new("check-elsewhere");
    let (_server, port) = certificates.start();
    let mut options = certificates.options();
    options[1] = elsewhere.file("ca.pem");
    options.push("--json".to_owned());
    let finished = run(&["check", &format!("https://127.0.0.1:{port}")], &options);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let report: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    let names: Vec<&str> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    for rule in ["tls-other-host", "tls-untrusted", "tls-client-certificate"] {
        assert!(names.contains(&rule), "{rule}: {names:?}");
    }
    assert!(!names.contains(&"tls-expires-soon"), "{names:?}");
}

#[test]
fn who_is_to_be_trusted_is_asked_for() {
    for arguments in [
        &["bench", "--to", "https://localhost:1"][..],
        &[
            "record",
            "--listen",
            "127.0.0.1:0",
            "--out",
            "x",
            "--to",
            "https://localhost:1",
        ],
    ] {
        let finished = run(arguments, &[]);
        assert_eq!(finished.code, Some(2), "{finished:?}");
        for word in ["--cacert", "--insecure"] {
            assert!(finished.stderr.contains(word), "{}", finished.stderr);
        }
    }
    let finished = run(
        &["check", "localhost:1"],
        &["--cacert".to_owned(), "x.pem".to_owned()],
    );
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("give https://"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_program_without_tls_is_recognized() {
    let server = support::start_server();
    let address = server.address().to_string();
    let port = address.rsplit(':').next().expect("a port");
    let finished = run(&["check", &format!("https://127.0.0.1:{port}")], &[]);
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("give http://"),
        "{}",
        finished.stderr
    );
}

#[test]
fn record_speaks_tls_on_both_sides_and_writes_down_what_was_said() {
    let certificates = Certificates::new("record");
    let (_server, port) = certificates.start();
    // Somebody else may take the port meanwhile; there is no other way to know one beforehand.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let own = listener.local_addr().expect("bound").port();
    drop(listener);
    let out = certificates.file("run.calls.jsonl");
    let mut recorder = std::process::Command::new(env!("CARGO_BIN_EXE_exhook"))
        .args([
            "record",
            "--listen",
            &format!("127.0.0.1:{own}"),
            "--out",
            &out,
        ])
        .args(["--to", &format!("https://localhost:{port}")])
        .args(["--tls-cert", &certificates.file("server.pem")])
        .args(["--tls-key", &certificates.file("server.key")])
        .args(certificates.options())
        .spawn()
        .expect("the binary");
    while std::net::TcpStream::connect(("127.0.0.1", own)).is_err() {
        assert!(recorder.try_wait().expect("a child").is_none(), "it ended");
        thread::yield_now();
    }
    let url = format!("https://localhost:{own}");
    let checked = run(
        &["check", &url],
        &["--cacert".to_owned(), certificates.file("ca.pem")],
    );
    let recorder_id = rustix::process::Pid::from_child(&recorder);
    rustix::process::kill_process(recorder_id, rustix::process::Signal::INT).expect("a child");
    recorder.wait().expect("a child");
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let written = fs::read_to_string(out).expect("a recording");
    assert!(written.contains("OnClientAuthenticate"), "{written}");
}
