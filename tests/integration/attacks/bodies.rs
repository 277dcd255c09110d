//! Requests that arrive in crumbs, never end, or are too large.

use exhook::{Config, Hook, Package};

use super::{
    attacker::{Attacker, call, frame, stream},
    broker::Broker,
    victim::Victim,
};
use crate::{
    frames::{DATA, Frame, WINDOW_UPDATE},
    provider::{Provider, eventually, publish},
    raw_client::{RawClient, framed},
};

/// A byte in each frame: the server puts it together, and has time for others.
#[tokio::test(flavor = "multi_thread")]
async fn crumbs_of_data_do_not_keep_others_waiting() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let attacks: Vec<_> = (0..4)
        .map(|_| {
            let address = victim.address;
            std::thread::spawn(move || {
                let mut attacker = Attacker::connect(address);
                attacker.send(&call(0, "OnMessagePublish"));
                let crumbs = frame(DATA, 0, 1, &[0]).repeat(1_000);
                attacker.send_all(50, |_| crumbs.clone());
            })
        })
        .collect();
    for attack in attacks {
        attack.join().expect("it sends what it can");
    }
    victim.until_connections(1).await;
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 32, "{most} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_data_without_end_is_sent_away() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let mut attacker = Attacker::connect(victim.address);
    attacker.send(&call(0, "OnMessagePublish"));
    attacker.flood(1_000_000, |_| frame(DATA, 0, 1, &[]));
    drop(attacker);
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 1);
    broker.finish().await;
}

/// Streams that only begin: as many as no broker leaves open end the connection.
#[tokio::test(flavor = "multi_thread")]
async fn requests_without_end_are_bounded_for_each_connection() {
    let victim = Victim::start(&[("EXHOOK_MAX_INFLIGHT_PER_CONNECTION", "1000")]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let mut attacker = Attacker::connect(victim.address);
    let opened = attacker.flood(1_000_000, |number| {
        let crumb = frame(DATA, 0, stream(number), &[0]);
        [call(number, "OnMessagePublish"), crumb].concat()
    });
    assert!(opened >= 2_000, "{opened}");
    drop(attacker);
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 1);
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 64, "{most} MiB");
}

/// Many large requests that never end: what they keep is bounded for the whole server.
#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_and_does_not_end_is_bounded_in_all() {
    let victim = Victim::start(&[("EXHOOK_MAX_BUFFERED_BYTES", "8000000")]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let piece = [0; 16_000];
    let mut attackers: Vec<Attacker> = (0..10).map(|_| Attacker::connect(victim.address)).collect();
    for attacker in &mut attackers {
        attacker.send_all(400, |number| {
            let data = frame(DATA, 0, stream(number), &piece);
            [call(number, "OnMessagePublish"), data].concat()
        });
    }
    broker.goes_on().await;
    drop(attackers);
    victim.until_connections(1).await;
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 32, "{most} MiB, and 64 were sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_which_there_is_no_memory_gets_the_fallback_and_the_next_is_served() {
    let config = Config {
        max_buffered_bytes: 100_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_message_publish(|_| ());
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    let large = framed(&publish("t", vec![1; 200_000]));
    client.send_call(1, "OnMessagePublish");
    send_in_pieces(&mut client, 1, &large);
    assert_eq!(client.next_of(DATA).stream, 1);
    let hook = Hook::MessagePublish;
    assert_eq!(provider.failures(Package::V2, hook, "overload"), 1);
    let small = framed(&publish("t", vec![1; 20_000]));
    client.send_call(3, "OnMessagePublish");
    send_in_pieces(&mut client, 3, &small);
    assert_eq!(client.next_of(DATA).stream, 3);
    assert_eq!(provider.failures(Package::V2, hook, "overload"), 1);
}

/// Sends as a broker does, which waits for the window to open.
fn send_in_pieces(client: &mut RawClient, stream: u32, message: &[u8]) {
    let mut window = 65_535_usize;
    let mut rest = message;
    while !rest.is_empty() {
        while window < 16_000 {
            let update = client.next_of(WINDOW_UPDATE);
            if update.stream == stream {
                let more = update.payload[..4].try_into().expect("four bytes");
                window += u32::from_be_bytes(more) as usize;
            }
        }
        let (piece, after) = rest.split_at(rest.len().min(16_000));
        client.send_data(stream, piece, after.is_empty());
        window -= piece.len();
        rest = after;
    }
}

/// A message that is too large is read to its end, not kept, and answered.
#[tokio::test(flavor = "multi_thread")]
async fn oversized_messages_are_answered_and_not_kept() {
    let victim = Victim::start(&[
        ("EXHOOK_MAX_MESSAGE_BYTES", "100000"),
        // A slow machine takes its time to send them, and this client answers no PING.
        ("EXHOOK_RECEIVE_TIMEOUT_MS", "600000"),
        ("EXHOOK_KEEPALIVE_INTERVAL_MS", "0"),
    ]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let mut client = RawClient::connect(victim.address);
    let large = framed(&publish("t", vec![1; 4_000_000]));
    for number in 0..8 {
        client.send(&call(number, "OnMessagePublish"));
        send_in_pieces(&mut client, stream(number), &large);
        assert_eq!(client.next_of(DATA).stream, stream(number));
    }
    let too_large = victim.metric("exhook_failures_total", "cause=\"too_large\"");
    assert_eq!(too_large, 8);
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 24, "{most} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_one_connection_may_run_get_the_fallback_at_once() {
    let config = Config {
        max_inflight_per_connection: 2,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate_async(async |_| {
            std::future::pending::<()>().await;
            true
        });
        app.on_client_connected(|_| ());
    })
    .await;
    let mut client = RawClient::connect(provider.address());
    for stream in [1, 3, 5] {
        client.send_call(stream, "OnClientAuthenticate");
        client.send_data(stream, &[0; 5], true);
    }
    let Frame { stream, .. } = client.next_of(DATA);
    assert_eq!(stream, 5, "the first two are running");
    let hook = Hook::ClientAuthenticate;
    assert_eq!(provider.failures(Package::V2, hook, "overload"), 1);
    // Other connections have calls of their own.
    let mut other = RawClient::connect(provider.address());
    other.send_call(1, "OnClientAuthenticate");
    other.send_data(1, &[0; 5], true);
    eventually("three are running", || provider.metrics().inflight == 3).await;
}
