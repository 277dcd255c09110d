//! The admin listener, asked over plain sockets.

mod health;
mod pages;
mod streams;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use exhook::{App, Config, ErrorCode, Hook, Package, Server, proto};

use crate::provider::{Provider, TIMEOUT, clientinfo};

/// Enough idle peers to take every place of the listener.
const IDLE_PEERS: usize = 64;

fn config(admin: &str) -> Config {
    Config {
        admin: admin.to_owned(),
        ..Config::default()
    }
}

fn start(admin: &str) -> Server {
    App::with_config(config(admin))
        .start("127.0.0.1:0")
        .expect("free ports")
}

fn admin_address(server: &Server) -> SocketAddr {
    server.admin_address().expect("the option is on")
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a listener");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a socket");
    stream
}

/// Sends the first line of a request and returns the head and the body of the response.
fn ask(address: SocketAddr, request: &str) -> (String, String) {
    ask_with(address, request, "host: localhost\r\n")
}

/// The same with these headers.
fn ask_with(address: SocketAddr, request: &str, headers: &str) -> (String, String) {
    let mut stream = connect(address);
    write!(stream, "{request} HTTP/1.1\r\n{headers}\r\n").expect("an open connection");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_what_was_counted() {
    let provider = Provider::start(config("0"), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let request = proto::ClientAuthenticateRequest {
        clientinfo: Some(clientinfo("one")),
        ..Default::default()
    };
    for _ in 0..3 {
        provider
            .ask(Package::V2, Hook::ClientAuthenticate, &request)
            .await;
    }

    let address = admin_address(&provider.server);
    assert!(address.ip().is_loopback() && address.port() != 0);
    let (head, body) = ask(address, "GET /metrics");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    let hook = "hook=\"client.authenticate\",package=\"v2\"";
    for line in [
        format!("exhook_calls_total{{{hook}}} 3"),
        format!("exhook_answers_total{{{hook},verdict=\"allow\"}} 3"),
        format!("exhook_latency_seconds_bucket{{{hook},le=\"+Inf\"}} 3"),
        "exhook_connections 1".to_owned(),
        "exhook_connections_accepted_total 1".to_owned(),
        "exhook_inflight 0".to_owned(),
    ] {
        assert!(body.lines().any(|other| other == line), "{line}: {body}");
    }
    assert!(body.ends_with('\n'));

    let (head, body) = ask(address, "HEAD /metrics?name=value");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert_eq!(body, "");
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let server = start("127.0.0.1:0");
    let address = admin_address(&server);
    let (head, body) = ask(address, "GET /metric");
    assert!(head.starts_with("http/1.1 404 "), "{head}");
    assert!(
        body.contains("GET one of") && body.contains("/metrics "),
        "{body}"
    );
    let (head, body) = ask(address, "DELETE /metrics");
    assert!(head.starts_with("http/1.1 405 "), "{head}");
    assert!(head.contains("allow: get, head"), "{head}");
    assert!(body.contains("DELETE"), "{body}");
    let (head, _) = ask(address, "GET");
    assert!(head.starts_with("http/1.1 400 "), "{head}");
}

#[test]
fn it_is_off_unless_it_is_asked_for() {
    assert_eq!(start("").admin_address(), None);
}

#[test]
fn a_port_in_use_is_refused_with_the_name_of_the_option() {
    let taken = start("0");
    let address = admin_address(&taken).to_string();
    let app = App::with_config(config(&address));
    let error = app.start("127.0.0.1:0").expect_err("a port in use");
    assert_eq!(error.code(), ErrorCode::AddressInUse);
    let text = error.to_string();
    assert!(text.starts_with("admin: "), "{text}");
    assert!(text.contains(&address), "{text}");

    taken.stop().expect("the first stop");
    let app = App::with_config(config(&address));
    let error = app.start(&address).expect_err("one address for both");
    assert_eq!(error.code(), ErrorCode::InvalidOption);
    assert!(error.to_string().contains("port of its own"), "{error}");
}

#[test]
fn idle_and_slow_peers_hold_up_nobody() {
    let server = start("0");
    let address = admin_address(&server);
    let idle: Vec<_> = (0..IDLE_PEERS)
        .map(|number| {
            let mut peer = connect(address);
            if number % 2 == 0 {
                write!(peer, "GET /metrics HTTP/1.1\r\nhost:").expect("an open connection");
            }
            peer
        })
        .collect();
    let (head, _) = ask(address, "GET /metrics");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    drop(idle);
}

#[test]
fn it_stops_with_the_server_whoever_is_connected() {
    let server = start("0");
    let address = admin_address(&server);
    let mut idle = connect(address);
    let (head, _) = ask(address, "GET /metrics");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    server.stop().expect("the first stop");
    // The end of the stream, or a reset.
    assert_eq!(idle.read(&mut [0; 1]).unwrap_or_default(), 0);
    assert!(TcpStream::connect(address).is_err());
}
