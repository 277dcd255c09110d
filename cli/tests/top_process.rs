//! `exhook top` with the id of a process; in a test process of its own, whose listeners are known.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "each test needs a part of it")]
mod support;

use std::{
    net::TcpListener,
    process::{Command, Stdio},
};

use exhook::{Config, Registry, Server};
use serde_json::Value;
use support::exhook;

#[test]
fn a_process_is_found_by_its_id() {
    // Neither who says nothing nor the listener for brokers is taken for the admin listener.
    let _silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let config = Config {
        admin: "0.0.0.0:0".to_owned(),
        ..Config::default()
    };
    let server = Server::start(&config, Registry::new(), "127.0.0.1:0").expect("free ports");
    let id = std::process::id().to_string();
    let finished = exhook(["top", &id, "--json", "--interval", "0.1", "--count", "1"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let line: Value = serde_json::from_str(&finished.stdout).expect("one line");
    let port = server.admin_address().expect("the option is on").port();
    assert_eq!(line["url"], format!("http://127.0.0.1:{port}/metrics"));
}

#[test]
fn a_process_without_an_admin_listener_is_refused_with_the_option() {
    let mut idle = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("a process");
    let finished = exhook(["top", &idle.id().to_string(), "--once"]);
    drop(idle.stdin.take());
    idle.wait().expect("an end");
    assert_eq!(finished.code, Some(2));
    for words in ["listens on no TCP port", "EXHOOK_ADMIN", "--admin 9090"] {
        assert!(finished.stderr.contains(words), "{finished:?}");
    }
}
