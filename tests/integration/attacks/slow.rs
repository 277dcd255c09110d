//! Peers that begin something and never end it.

use std::{io::Write, net::TcpStream, time::Duration};

use exhook::{Config, Hook, Package};

use super::connections::{connect_from, read_to_end, refused};
use crate::{
    frames::{DATA, PREFACE},
    provider::{Provider, connected, eventually},
    raw_client::RawClient,
};

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_begin_http2_in_time_is_let_go() {
    let config = Config {
        handshake_timeout_ms: 200,
        ..Config::default()
    };
    let provider = Provider::start(config, |_| {}).await;
    let silent = TcpStream::connect(provider.address()).expect("a listener");
    let mut slow = TcpStream::connect(provider.address()).expect("a listener");
    slow.write_all(&PREFACE[..20]).expect("the server reads");
    read_to_end(&silent);
    read_to_end(&slow);
    assert_eq!(refused(&provider.metrics(), "handshake_timeout"), 2);
    eventually("the broker's is kept", || {
        provider.metrics().connections == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_too_many_beginnings_the_oldest_is_let_go() {
    let config = Config {
        max_handshakes: 8,
        handshake_timeout_ms: 60_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |_| {}).await;
    // The broker's own has begun once it is answered.
    let request = connected("c");
    let hook = Hook::ClientConnected;
    provider.call(Package::V3, hook, &request).await;
    let silent: Vec<TcpStream> = (0..20_u64)
        .map(|number| {
            let silent = connect_from([127, 0, 0, 2], provider.address());
            // In the order of this loop, not of the server's threads.
            let accepted = || provider.metrics().connections_accepted;
            while accepted() < number + 2 {
                std::thread::yield_now();
            }
            silent
        })
        .collect();
    for oldest in &silent[..12] {
        read_to_end(oldest);
    }
    eventually("the others are kept", || {
        provider.metrics().connections == 9
    })
    .await;
    assert_eq!(refused(&provider.metrics(), "handshakes"), 12);
    // Whoever begins properly is served all the same.
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnClientConnected");
    client.send_data(1, &[0; 5], true);
    assert_eq!(client.next_of(DATA).payload, [0; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_arrives_too_slowly_is_answered_with_the_fallback() {
    let config = Config {
        receive_timeout_ms: 300,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnClientAuthenticate");
    let request = [0, 0, 0, 0, 200];
    for byte in &request[..4] {
        client.send_data(1, &[*byte], false);
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = client.next_of(DATA);
    assert_eq!(answer.payload, [0, 0, 0, 0, 4, 8, 2, 24, 0], "deny");
    let hook = Hook::ClientAuthenticate;
    assert_eq!(provider.failures(Package::V2, hook, "undecodable"), 1);
}
