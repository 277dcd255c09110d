//! What brokers rely on below gRPC, seen frame by frame.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use exhook::{Config, Hook, Package};
use tokio::sync::Semaphore;

use crate::{
    frames::{ACK, DATA, END_STREAM, Frame, GOAWAY, HEADERS, PING, SETTINGS, WINDOW_UPDATE},
    provider::{Provider, TIMEOUT, authenticate_at, eventually, publish},
    raw_client::{RawClient, framed},
};

const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn item_8_no_limit_of_streams_is_announced() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    let mut client = RawClient::connect(provider.address());
    let settings = client.next_of(SETTINGS);
    let settings: Vec<(u16, u32)> = settings
        .payload
        .chunks(6)
        .map(|entry| {
            let number = u16::from_be_bytes([entry[0], entry[1]]);
            let value = u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]]);
            (number, value)
        })
        .collect();
    let announced = |number| settings.iter().find(|(other, _)| *other == number);
    assert_eq!(announced(MAX_CONCURRENT_STREAMS), None, "{settings:?}");
    // Left out, or said: the window that every client begins with.
    assert!(
        announced(INITIAL_WINDOW_SIZE).is_none_or(|(_, size)| *size == 65_535),
        "{settings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn item_8_pings_without_calls_are_answered_for_ever() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    let mut client = RawClient::connect(provider.address());
    for number in 0..5_000_u64 {
        client.send(&Frame::new(PING, 0, 0, &number.to_be_bytes()).to_bytes());
        let pong = client.next_of(PING);
        assert_eq!(
            (pong.flags, &pong.payload[..]),
            (ACK, &number.to_be_bytes()[..])
        );
    }
}

/// gun 1.3 opens its first stream before it has seen our SETTINGS, and never enlarges the window
/// of a stream that is open: it sends 65,535 bytes and waits for a WINDOW_UPDATE.
#[tokio::test(flavor = "multi_thread")]
async fn item_8_a_large_first_request_does_not_stall_at_the_initial_window() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_message_publish(|_| ());
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    let request = framed(&publish("t", vec![1; 300_000]));
    client.send_call(1, "OnMessagePublish");
    let (mut stream_window, mut connection_window) = (65_535, 65_535);
    let mut rest = &request[..];
    while !rest.is_empty() {
        let room = stream_window.min(connection_window).min(16_384);
        if room == 0 {
            let update = client.next_of(WINDOW_UPDATE);
            let more = u32::from_be_bytes(update.payload[..4].try_into().expect("four bytes"));
            match update.stream {
                0 => connection_window += more as usize,
                _ => stream_window += more as usize,
            }
            continue;
        }
        let (piece, after) = rest.split_at(room.min(rest.len()));
        client.send_data(1, piece, after.is_empty());
        stream_window -= piece.len();
        connection_window -= piece.len();
        rest = after;
    }
    let head = client.next_of(HEADERS);
    assert_eq!((head.stream, head.flags & END_STREAM), (1, 0));
    assert_eq!(client.next_of(DATA).stream, 1);
    assert_ne!(client.next_of(HEADERS).flags & END_STREAM, 0, "trailers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_is_answered_before_the_brokers_timeout() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    let path = "/emqx.exhook.v2.HookProvider/OnClientAuthenticate";
    client.send_headers(
        1,
        &[
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            ("content-type", "application/grpc"),
            ("grpc-timeout", "300m"),
        ],
    );
    client.send_data(1, &[0, 0, 0], false);
    assert_eq!(client.next_of(HEADERS).stream, 1);
    let answer = client.next_of(DATA);
    assert_eq!(
        answer.payload,
        [0, 0, 0, 0, 4, 8, 2, 24, 0],
        "the fallback: deny"
    );
    let hook = Hook::ClientAuthenticate;
    assert_eq!(provider.failures(Package::V2, hook, "undecodable"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_request_is_answered_with_the_fallback_uncompressed() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnClientAuthenticate");
    client.send_data(1, &[1, 0, 0, 0, 1, 0], true);
    client.next_of(HEADERS);
    assert_eq!(client.next_of(DATA).payload, [0, 0, 0, 0, 4, 8, 2, 24, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http2_is_closed_and_others_are_served_on() {
    let provider = Provider::start(Config::default(), |_| {}).await;
    let mut socket = TcpStream::connect(provider.address()).expect("a listener");
    socket.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    socket
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .expect("the server reads");
    let mut answer = Vec::new();
    // Closed with or without a reset, depending on what was still unread.
    if let Err(error) = socket.read_to_end(&mut answer) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnClientConnected");
    client.send_data(1, &[0; 5], true);
    assert_eq!(client.next_of(DATA).payload, [0; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn item_8_a_broker_that_vanished_is_let_go_and_one_that_answers_is_kept() {
    let config = Config {
        keepalive_interval_ms: 400,
        ..Config::default()
    };
    let provider = Provider::start(config, |_| {}).await;
    let mut client = RawClient::connect(provider.address());
    for _ in 0..2 {
        let ping = client.next_of(PING);
        assert_eq!(ping.flags & ACK, 0, "the server asks");
        client.send(&Frame::new(PING, ACK, 0, &ping.payload).to_bytes());
    }
    while client.next().is_some() {}
    eventually("the connection is let go", || {
        provider.metrics().connections == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_answers_does_not_hold_up_the_stop() {
    let config = Config {
        drain_timeout_ms: 600_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |_| {}).await;
    let mut client = RawClient::connect(provider.address());
    client.next_of(SETTINGS);
    let silent = TcpStream::connect(provider.address()).expect("a listener");
    let begun = Instant::now();
    provider.server.stop().expect("stopped");
    assert!(begun.elapsed() < TIMEOUT, "{:?}", begun.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_take_its_answer_holds_up_the_stop_for_the_drain_timeout() {
    const LIMIT: Duration = Duration::from_millis(300);
    let config = Config {
        drain_timeout_ms: 300,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        // More than the window of a stream, which this client never opens further.
        app.on_message_publish(|_| exhook::replace().payload(vec![0; 200_000]));
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnMessagePublish");
    client.send_data(1, &framed(&publish("t", "x")), true);
    client.next_of(DATA);
    let begun = Instant::now();
    provider.server.stop().expect("stopped");
    let took = begun.elapsed();
    assert!(took >= LIMIT && took < TIMEOUT, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_says_goodbye_once_the_last_answer_is_out() {
    let may_answer = Arc::new(Semaphore::new(0));
    let config = Config {
        drain_timeout_ms: 60_000,
        timeout_ms: 60_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| authenticate_at(app, &may_answer)).await;
    let mut client = RawClient::connect(provider.address());
    client.send_call(1, "OnClientAuthenticate");
    client.send_data(1, &[0; 5], true);
    let (server, address) = (&provider.server, provider.address());
    let (data, goodbye) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while provider.metrics().inflight == 0 {
                std::thread::yield_now();
            }
            let stopping = scope.spawn(|| server.stop());
            while TcpStream::connect(address).is_ok() {
                std::thread::yield_now();
            }
            may_answer.add_permits(1);
            let stopped = stopping.join().expect("no panic");
            stopped.expect("from a thread of its own");
        });
        client.next_of(HEADERS);
        let data = client.next_of(DATA);
        let mut goodbye = false;
        while let Some(frame) = client.next() {
            goodbye |= frame.kind == GOAWAY;
        }
        (data, goodbye)
    });
    assert_eq!(
        data.payload,
        [0, 0, 0, 0, 4, 8, 2, 24, 1],
        "the call in flight is answered"
    );
    assert!(goodbye);
}
